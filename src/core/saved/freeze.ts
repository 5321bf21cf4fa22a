import type { Memory } from '../memory.ts';
import type { Target } from '../target.ts';
import { saveServices } from '../trend/services.ts';
import type { ProcessSample, Rule, Verdict } from '../types.ts';
import type {
  SavedAlert,
  SavedClock,
  SavedMember,
  SavedMemory,
  SavedRule,
  SavedTarget,
  SavedVerdict,
} from './types.ts';

/** So many members of a target are kept with its alert: as many as an event names. */
const MEMBERS = 50;

/** Writes down all that a memory would miss. Pure; `thaw` makes a memory of it that judges on as this one would have. */
export function freeze(memory: Memory): SavedMemory {
  const targets = [...memory.byRule.values()].flatMap((ofRule) => [...ofRule.targets.values()]);
  return {
    clock: freezeClock(memory),
    alerts: targets.filter(({ alert }) => alert.phase !== 'idle').map(freezeAlert),
    targets: targets.flatMap((target) => freezeHistories(target) ?? []),
    services: saveServices(memory.standing.services),
  };
}

/** What time it was, and what all targets look at together. */
export function freezeClock({ boot, uptime, interval, standing }: Memory): SavedClock {
  return { boot, uptime, interval, undecided: standing.undecided };
}

/** The alert of a target. */
export function freezeAlert({ rule, key, name, alert, youngest, verdict, members, track }: Target): SavedAlert {
  return {
    rule: freezeRule(rule),
    target: key,
    name,
    alert,
    youngest,
    ...(verdict && { verdict: freezeVerdict(verdict) }),
    members: members.slice(0, MEMBERS).map(freezeMember),
    ...(track && { track: track.save() }),
  };
}

/** The histories of a target; undefined where it has none. */
export function freezeHistories({ rule, key, name, youngest, histories }: Target): SavedTarget | undefined {
  const saved = histories?.save();
  return saved && { rule: rule.key, target: key, name, youngest, histories: saved };
}

function freezeRule({ name, key, summary, severity, labels, by, mode, steps }: Rule): SavedRule {
  return {
    ...{ name, key, severity, labels, by, mode },
    ...(summary !== undefined && { summary }),
    steps: steps.map(({ name: action, countedAs, on }) => ({ name: action, countedAs, on })),
  };
}

function freezeVerdict({ met, value, limit, fires, unit, rough, because }: Verdict): SavedVerdict {
  const more = { ...(fires !== undefined && { fires }), ...(rough && { rough }) };
  return { met, value, limit, unit, ...more, because: because() };
}

function freezeMember({ process, rss, exact, last }: ProcessSample): SavedMember {
  const read = exact ?? last;
  return { process, rss, ...(read && { read: { pss: read.pss, at: read.at, exact: exact !== undefined } }) };
}
