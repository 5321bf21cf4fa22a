import { Families } from './families.ts';
import { type Group, wholeSelection } from './group.ts';
import { NO_SNAPSHOT, noStanding, type Standing } from './standing.ts';
import { Target } from './target.ts';
import type { ActiveAlert, AlertEvent, ProcessInfo, Rule, Selector, Snapshot } from './types.ts';

/** Where a process counts: for one target of one rule. */
export interface Place {
  readonly ofRule: RuleMemory;
  readonly group: Group;
  readonly age: Selector['age'];
  target: Target | undefined;
}

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
  /** Which targets a process counts for: found once, kept while the process is the same object. */
  places: WeakMap<ProcessInfo, readonly Place[]>;
  /** The same for rules that look at the processes above it. */
  families: Families<readonly Place[]>;
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
    places: new WeakMap(),
    families: new Families(),
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
    .map(({ rule, name, alert }) => {
      const { severity, labels, by } = rule;
      return { rule: rule.name, severity, labels, by, target: name, firing: alert.phase !== 'pending' };
    });
}

/** What one rule remembers. */
export class RuleMemory {
  readonly rule: Rule;
  readonly targets: Map<string, Target> = new Map();
  /** What its condition threw, if it ever did. */
  fault: unknown;
  readonly #standing: Standing;
  #everybody: Place | undefined;

  /** @param inherited the targets of the same rule before a reload. */
  constructor(rule: Rule, standing: Standing, inherited?: ReadonlyMap<string, Target>) {
    this.rule = rule;
    this.#standing = standing;
    for (const [key, target] of inherited ?? []) {
      // The histories that its condition wants are the old ones, in their order.
      target.rule = rule;
      this.targets.set(key, target);
    }
  }

  /** Where all processes count, with `by: host`: the same place for each of them. */
  get everybody(): Place {
    const { select } = this.rule;
    this.#everybody ??= { ofRule: this, group: wholeSelection(select), age: select.age, target: undefined };
    return this.#everybody;
  }

  /** The target of a group, begun for this snapshot. */
  target(group: Group, snapshot: Snapshot): Target {
    const known = this.targets.get(group.key);
    const target = known ?? new Target(this.rule, group, { snapshot, standing: this.#standing });
    if (known === undefined) this.targets.set(group.key, target);
    else if (known.snapshot !== snapshot) known.begin(snapshot);
    return target;
  }

  /** A target that was known before the program was started. */
  known(group: Group): Target {
    const known = this.targets.get(group.key);
    if (known) return known;
    const target = new Target(this.rule, group, { snapshot: NO_SNAPSHOT, standing: this.#standing });
    this.targets.set(group.key, target);
    return target;
  }

  /** Forgets a target that has no members any more. */
  drop(target: Target): void {
    target.release();
    this.targets.delete(target.key);
  }
}
