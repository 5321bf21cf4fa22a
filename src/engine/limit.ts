import { groupOf, lineageOf } from '../core/lineage.ts';
import type { AlertEvent, Step } from '../core/types.ts';
import { formatDuration } from '../core/units.ts';
import type { Outcome } from './attempt.ts';
import { createChains } from './chain.ts';

/** So often in so many ms. */
export interface Rate {
  readonly times: number;
  readonly per: number;
}

/** Bounds for whatever acts on a target, over all rules. */
export interface HostLimits {
  /** Restarts and signals together; absent: none. */
  readonly restarts?: Rate;
  /** The clock that all limits count by, ms; performance.now() by default. */
  readonly now?: () => number;
}

/** Why a step may not run now. */
export interface Refusal {
  readonly reason: string;
  /** The target alone has used up what is allowed: waiting for more would not help it, and a person must look. */
  readonly exhausted: boolean;
}

/** Says why a step may not run now, or takes note that it does. */
export interface Limits {
  /** @returns why not; undefined means go, and `release` must be called when it is over. */
  claim(step: Step, event: AlertEvent): Refusal | undefined;
  /** What was skipped in the end is not counted. */
  release(step: Step, event: AlertEvent, outcome: Outcome['outcome']): void;
  /** Runs an attempt; what acts on one of a group waits until no other of it is being acted on. */
  inTurn(step: Step, event: AlertEvent, attempt: () => Promise<void>): Promise<void>;
}

/** A run that was allowed. */
interface Run {
  readonly at: number;
  readonly lineage: string;
}

/** A limit, and under which key its runs are counted. */
interface Bound {
  readonly key: string;
  readonly rate: Rate;
  /** Whose runs they are, where not those of the step alone. */
  readonly who?: string;
}

const HOST = ' host';

/** What bounds the steps of all rules. What acts on a target runs once at a time, whichever rules ask for it. */
export function createLimits(host: HostLimits = {}): Limits {
  const { now = () => performance.now() } = host;
  const runs = new Map<string, Run[]>();
  const busy = new Set<string>();
  const claimed = new WeakMap<AlertEvent, Map<Step, Run>>();
  const groups = createChains();
  const recent = (key: string, { per }: Rate): Run[] => {
    const kept = (runs.get(key) ?? []).filter(({ at }) => at > now() - per);
    runs.set(key, kept);
    return kept;
  };
  return {
    claim(step, event) {
      const { action } = step;
      const place = placeOf(step, event);
      if (action.exclusive && busy.has(place))
        return { reason: `another action on ${event.target.name} is under way`, exhausted: false };
      const run = { at: now(), lineage: lineageFor(step, event) };
      const bounds = boundsOf(step, event, host);
      const full = bounds.find(({ key, rate }) => recent(key, rate).length >= rate.times);
      if (full !== undefined) return refusal(step, full, { run, before: recent(full.key, full.rate) });
      for (const { key } of bounds) runs.get(key)?.push(run);
      claimed.set(event, (claimed.get(event) ?? new Map<Step, Run>()).set(step, run));
      if (action.exclusive) busy.add(place);
      return undefined;
    },
    release(step, event, outcome) {
      if (step.action.exclusive) busy.delete(placeOf(step, event));
      const run = claimed.get(event)?.get(step);
      if (outcome !== 'skipped' || run === undefined) return;
      for (const { key } of boundsOf(step, event, host)) {
        runs.set(
          key,
          (runs.get(key) ?? []).filter((other) => other !== run),
        );
      }
    },
    inTurn(step, event, attempt) {
      if (!step.action.exclusive) return attempt();
      return groups.run(groupOf(lineageFor(step, event)), attempt);
    },
  };
}

function refusal(
  { name, action }: Step,
  { rate, who }: Bound,
  { run, before }: { run: Run; before: readonly Run[] },
): Refusal {
  const reason = `limit reached: ${who ?? name} at most ${rate.times} times in ${formatDuration(rate.per)}`;
  const exhausted = action.exclusive === true && before.every(({ lineage }) => lineage === run.lineage);
  return { reason, exhausted };
}

/** What bounds a step now. An end is told as often as a beginning was. */
function boundsOf({ atMost, countedAs, action }: Step, { kind }: AlertEvent, { restarts }: HostLimits): Bound[] {
  if (kind === 'resolved' || kind === 'cancelled') return [];
  return [
    ...(atMost ? [{ key: countedAs, rate: atMost }] : []),
    ...(restarts && action.exclusive ? [{ key: HOST, rate: restarts, who: 'restarts and signals of all rules' }] : []),
  ];
}

/** Two rules may see the same service as different targets: its unit is what they have in common. */
function placeOf({ action }: Step, { target }: AlertEvent): string {
  return action.place ?? target.unit ?? `${target.by} ${target.key}`;
}

function lineageFor({ action }: Step, event: AlertEvent): string {
  return action.lineage?.(event) ?? action.place ?? lineageOf(event.target);
}
