import { groupOf, lineageOf } from '../core/lineage.ts';
import type { AlertEvent, Step } from '../core/types.ts';
import { formatDuration } from '../core/units.ts';
import type { Outcome } from './attempt.ts';
import { createChains } from './chain.ts';
import { type LedgerOptions, openLedger, type Run } from './ledger.ts';

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

/** Where what was done is counted. */
export type Counting = Omit<LedgerOptions, 'now'>;

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

/** One run under each limit that counts it. */
type Claim = readonly (readonly [key: string, run: Run])[];

/** A limit, and under which key its runs are counted. */
interface Bound {
  readonly key: string;
  readonly rate: Rate;
  /** Whose runs they are, where not those of the step alone. */
  readonly who?: string;
}

const HOST = ' host';

/** What bounds the steps of all rules. What acts on a target runs once at a time, whichever rules ask for it. */
export function createLimits(host: HostLimits = {}, counting: Counting = {}): Limits {
  const { now = () => performance.now() } = host;
  const ledger = openLedger({ now, ...counting });
  const busy = new Set<string>();
  const claimed = new WeakMap<AlertEvent, Map<Step, Claim>>();
  const groups = createChains();
  const recent = ({ key, rate }: Bound): readonly Run[] => ledger.recent(key, rate.per);
  return {
    claim(step, event) {
      const { action } = step;
      const place = placeOf(step, event);
      if (action.exclusive && busy.has(place))
        return { reason: `another action on ${event.target.name} is under way`, exhausted: false };
      const lineage = lineageFor(step, event);
      const bounds = boundsOf(step, event, host);
      const full = bounds.find((bound) => recent(bound).length >= bound.rate.times);
      if (full !== undefined) return refusal(step, full, { lineage, before: recent(full) });
      const claim = bounds.map(({ key }) => [key, ledger.add(key, lineage)] as const);
      claimed.set(event, (claimed.get(event) ?? new Map<Step, Claim>()).set(step, claim));
      if (action.exclusive) busy.add(place);
      return undefined;
    },
    release(step, event, outcome) {
      if (step.action.exclusive) busy.delete(placeOf(step, event));
      const claim = claimed.get(event)?.get(step) ?? [];
      claimed.get(event)?.delete(step);
      if (outcome === 'skipped') for (const [key, run] of claim) ledger.remove(key, run);
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
  { lineage, before }: { lineage: string; before: readonly Run[] },
): Refusal {
  const reason = `limit reached: ${who ?? name} at most ${rate.times} times in ${formatDuration(rate.per)}`;
  const exhausted = action.exclusive === true && before.every((run) => run.lineage === lineage);
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
