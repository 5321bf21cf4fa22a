import { advance } from '../../src/core/advance.ts';
import { emptyMemory, type Memory } from '../../src/core/memory.ts';
import type { AlertEvent, Rule, Snapshot, TargetView } from '../../src/core/types.ts';
import type { Excuses } from './excuses.ts';
import { LEVELS } from './rules.ts';

/** One who watches: it takes snapshots in its own way, and judges them by some rules. */
export interface Watcher {
  readonly memory: Memory;
  readonly rules: readonly Rule[];
  take(): Promise<Snapshot> | Snapshot;
}

/** What watchers of one host came to. */
export interface Outcome {
  snapshots: number;
  events: number;
  /** How often each kind of event was told. */
  readonly kinds: Record<string, number>;
  /** Exact readings that the oracle made, and all others together. */
  readonly readings: { oracle: number; led: number };
  /** What only one of them told, with the number of the snapshot. */
  readonly differences: string[];
  /** Differences of targets that had been declared undecided. */
  excused: number;
  /** Events with figures that are said to be rough. */
  rough: number;
  /** How often a target was declared undecided. */
  undecided: number;
  /** Bounds that did not hold the truth. */
  readonly wrong: string[];
}

/** A watcher that begins. `take` may ask its memory. */
export function watcher(rules: readonly Rule[], take: (memory: Memory) => Promise<Snapshot> | Snapshot): Watcher {
  const memory = emptyMemory();
  return { memory, rules, take: () => take(memory) };
}

/** An outcome of nothing. */
export function noOutcome(): Outcome {
  const figures = { snapshots: 0, events: 0, excused: 0, rough: 0, undecided: 0 };
  return { ...figures, kinds: {}, readings: { oracle: 0, led: 0 }, differences: [], wrong: [] };
}

/** Watchers of one host: the oracle, and others who together have all rules of the oracle. */
export interface Company {
  readonly oracle: Watcher;
  readonly others: readonly Watcher[];
  readonly excuses: Excuses;
}

/** Has all take and judge one snapshot of the same moment. What the others tell is compared with what the oracle tells. */
export async function step({ oracle, others, excuses }: Company, outcome: Outcome): Promise<void> {
  const look = async ({ memory, rules, take }: Watcher, who: keyof Outcome['readings']): Promise<AlertEvent[]> => {
    const snapshot = await take();
    outcome.readings[who] += snapshot.processes.filter(({ exact }) => exact).length;
    return advance(memory, rules, snapshot);
  };
  const theirs = await look(oracle, 'oracle');
  const ours: AlertEvent[] = [];
  for (const other of others) ours.push(...(await look(other, 'led')));
  for (const { kind } of theirs) outcome.kinds[kind] = (outcome.kinds[kind] ?? 0) + 1;
  outcome.events += theirs.length;
  outcome.snapshots += 1;
  for (const { memory } of others) excuses.note(oracle.memory, memory);
  outcome.undecided = excuses.count;
  const compared = new Set(oracle.rules.map(({ name }) => name));
  const mine = ours.filter(({ rule }) => compared.has(rule));
  for (const { event, line } of differ(theirs, mine, outcome)) {
    if (excuses.has(event.rule, event.target.key)) outcome.excused += 1;
    else outcome.differences.push(`${outcome.snapshots}: ${line}`);
  }
}

/** Bounds in the memory of one watcher that do not hold what the oracle knows. */
export function wrongBounds(oracle: Memory, led: Memory): string[] {
  const wrong: string[] = [];
  for (const [rule, { targets }] of led.byRule) {
    for (const [key, target] of targets) {
      const truth = oracle.byRule.get(rule)?.targets.get(key);
      if (truth && target.snapshot === led.turn?.snapshot) wrong.push(...wrongOf(truth, target));
    }
  }
  return wrong;
}

function wrongOf(truth: TargetView, target: TargetView): string[] {
  return LEVELS.flatMap((measure) => {
    const [inner, outer] = [truth.measure(measure), target.measure(measure)];
    if (!inner || !outer || (inner.low >= outer.low && inner.high <= outer.high)) return [];
    return `${measure} of ${target.name}: ${inner.low} to ${inner.high} is not in ${outer.low} to ${outer.high}`;
  });
}

interface Difference {
  readonly event: AlertEvent;
  readonly line: string;
}

/** Events that only one of them told; and figures that differ, unless ours are said to be rough. */
function differ(theirs: readonly AlertEvent[], ours: readonly AlertEvent[], outcome: Outcome): Difference[] {
  const differences: Difference[] = [];
  const open = new Map(theirs.map((event) => [nameOf(event), event]));
  for (const event of ours) {
    const name = nameOf(event);
    const other = open.get(name);
    open.delete(name);
    const figures = `${event.value} of ${event.limit}`;
    if (other === undefined) differences.push({ event, line: `told wrongly: ${name}: ${figures}` });
    else if (event.value === other.value && event.limit === other.limit) continue;
    else if (!event.rough)
      differences.push({ event, line: `${name}: ${figures} for ${other.value} of ${other.limit}` });
    // What has ended can't be read any more.
    else if (!LEFT.has(event.reason)) outcome.rough += 1;
  }
  for (const [name, event] of open) differences.push({ event, line: `not told: ${name}` });
  return differences;
}

const LEFT: ReadonlySet<AlertEvent['reason']> = new Set(['exited', 'restarted', 'rule removed', 'rule changed']);

function nameOf({ kind, rule, target, reason, uptime, since, alert }: AlertEvent): string {
  return `${kind} ${reason ?? ''} ${rule} ${target.by} "${target.key}" x${target.count} at ${uptime} since ${since} (${alert})`;
}
