import { Track } from '../curve.ts';
import { Histories } from '../histories.ts';
import { Members } from '../members.ts';
import { emptyMemory, type Memory } from '../memory.ts';
import { compileMessage, DEFAULT_MESSAGE } from '../message.ts';
import { RuleMemory } from '../rule-memory.ts';
import { NO_SNAPSHOT } from '../standing.ts';
import type { Target } from '../target.ts';
import { restoreServices } from '../trend/services.ts';
import type { ProcessSample, Rule, Step } from '../types.ts';
import type { SavedAlert, SavedMember, SavedMemory, SavedRule, SavedTarget } from './types.ts';

/**
 * Makes a memory of what was written down, for the rules that are in force now. The first snapshot settles what changed
 * meanwhile: alerts of targets that are gone end, as do those of rules that are no more, and everything of another boot.
 */
export function thaw(saved: SavedMemory, rules: readonly Rule[]): Memory {
  const memory = emptyMemory();
  const { boot, uptime, interval, undecided } = saved.clock;
  Object.assign(memory, { boot, uptime, interval });
  memory.standing.undecided = undecided;
  restoreServices(memory.standing.services, saved.services);
  const known = new Map(rules.map((rule) => [rule.key, new RuleMemory(rule, memory.standing)]));
  for (const alert of saved.alerts) {
    const { key } = alert.rule;
    const ofRule = known.get(key) ?? new RuleMemory(bygone(alert.rule, rules), memory.standing);
    known.set(key, ofRule);
    restoreAlert(ofRule, alert);
  }
  for (const target of saved.targets) {
    const ofRule = known.get(target.rule);
    if (ofRule) restoreHistories(ofRule, target);
  }
  memory.byRule = new Map([...known.values()].map((ofRule) => [ofRule.rule, ofRule]));
  memory.active = [...known.values()].flatMap(({ targets }) => [...targets.values()].filter(isActive));
  // Another list than the one in force, even where they are equal: the first snapshot takes the new one over.
  // Those that are no more stand first: the end of an alert is told by the rule that it had, also where another has its name now.
  const bygones = [...memory.byRule.keys()].filter((rule) => !rules.includes(rule));
  memory.rules = [...bygones, ...rules];
  return memory;
}

function isActive({ alert }: Target): boolean {
  return alert.phase !== 'idle';
}

function restoreAlert(ofRule: RuleMemory, saved: SavedAlert): void {
  const { target: key, name, alert, youngest, verdict, members, track } = saved;
  const target = ofRule.target(new Members({ key, name }, NO_SNAPSHOT));
  target.alert = alert;
  target.youngest = youngest;
  target.group.members = members.map(restoreMember);
  target.verdict = verdict && { ...verdict, because: () => verdict.because };
  target.track = track && Track.of(track);
}

function restoreHistories(ofRule: RuleMemory, { target: key, name, youngest, histories }: SavedTarget): void {
  const target = ofRule.target(new Members({ key, name }, NO_SNAPSHOT));
  target.youngest = youngest;
  target.histories = new Histories(ofRule.rule.when.wants.length);
  target.histories.restore(histories, ofRule.rule.when.wants);
}

/** Of its reading only what an event tells. */
function restoreMember({ process, rss, read }: SavedMember): ProcessSample {
  if (read === undefined) return { process, rss };
  const { pss, at, exact } = read;
  const reading = { at, pss, swapPss: 0, rss, uss: 0, anon: 0, file: 0, shmem: 0, dirty: 0 };
  return exact ? { process, rss, exact: reading } : { process, rss, last: reading };
}

/** A rule that is no more, as far as the end of its alerts has to be told: by those of its actions that are still there. */
function bygone({ steps, ...rule }: SavedRule, rules: readonly Rule[]): Rule {
  const actions = new Map(rules.flatMap((one) => one.steps).map((step) => [step.name, step]));
  return {
    ...rule,
    select: { matches: () => false, changing: false, text: '' },
    when: { wants: [], test: () => undefined },
    ...{ for: 0, keep: 0, repeat: 0, noData: 'keep' },
    message: compileMessage(DEFAULT_MESSAGE),
    steps: steps.flatMap((step): Step[] => {
      const known = actions.get(step.name);
      return known ? [{ ...known, ...step, after: 0 }] : [];
    }),
  };
}
