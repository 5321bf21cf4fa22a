import { Roster } from './roster.ts';
import type { RuleMemory } from './rule-memory.ts';
import { noStanding, type Standing } from './standing.ts';
import type { Target } from './target.ts';
import type { ActiveAlert, AlertEvent, Rule, Snapshot, Verdict } from './types.ts';

/** One snapshot on its way through the rules. */
export interface Turn {
  readonly snapshot: Snapshot;
  /** What it is judged with. */
  readonly memory: Memory;
  /** Whoever wanted something to be read when last asked; undefined until then. */
  open?: Target[];
  readonly events: AlertEvent[];
}

/** All that judging carries from one snapshot to the next. Moved on in place by `advance`: it is on the hot path. */
export interface Memory {
  rules: readonly Rule[];
  byRule: Map<Rule, RuleMemory>;
  /** Who is there, and what each of them counts for. */
  roster: Roster;
  boot: string;
  uptime: number;
  /** The last pause between two snapshots in which nobody slept, ms. */
  interval: number;
  readonly standing: Standing;
  /** The snapshot that is on its way. */
  turn: Turn | undefined;
  /** Whoever is pending, firing or clearing after the last snapshot. */
  active: readonly Target[];
  /** The rules before the last snapshot. */
  replaced: readonly Rule[];
}

/** A memory of nothing. */
export function emptyMemory(): Memory {
  return {
    rules: [],
    byRule: new Map(),
    roster: new Roster([]),
    boot: '',
    uptime: 0,
    interval: 0,
    standing: noStanding(),
    turn: undefined,
    active: [],
    replaced: [],
  };
}

/** Everything that is pending or firing now, for views. */
export function alertsOf(memory: Memory): Target[] {
  const targets = [...memory.byRule.values()].flatMap((ofRule) => [...ofRule.targets.values()]);
  return targets.filter(({ alert }) => alert.phase !== 'idle');
}

/** What is pending or firing after the last snapshot, as plain data. Rules that are only tried out (`shadow`) are left out. */
export function activeAlertsOf({ active }: Memory): ActiveAlert[] {
  return active
    .filter(({ rule }) => rule.mode !== 'shadow')
    .map(({ rule, name, alert, verdict }) => {
      const { severity, labels, by } = rule;
      const { id, begun, fired } = alert;
      return {
        ...{ rule: rule.name, severity, labels, by, target: name, firing: alert.phase !== 'pending' },
        ...{ alert: id, since: fired || begun },
        ...(verdict && { found: foundOf(verdict) }),
      };
    });
}

function foundOf({ value, limit, fires, unit, rough }: Verdict): NonNullable<ActiveAlert['found']> {
  const ends = fires !== undefined && { ends: limit };
  return { value, limit: fires ?? limit, ...ends, unit, ...(rough && { rough }) };
}
