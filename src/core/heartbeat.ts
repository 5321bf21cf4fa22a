import { coverage } from './coverage.ts';
import type { DeliveryTally } from './outbox/standing.ts';
import { type Holdings, holdingsOf, totalsOf } from './totals.ts';
import type { Cost, Snapshot, Undecided, UnreadReason } from './types.ts';

/** A sign of life, as data. */
export interface Heartbeat {
  readonly type: 'heartbeat';
  /** Unix ms. */
  readonly time: number;
  readonly host: string;
  readonly processes: number;
  /** What they hold together, bytes. */
  readonly pss: number;
  readonly pssFrom: Holdings['from'];
  /** Share of the process memory that was read, now or before, 0 to 1; absent where the host does not tell how much there is. */
  readonly coverage?: number;
  readonly readings: Readings;
  /** Processes that were to be read in this snapshot and could not be, by reason. */
  readonly unread: Readonly<Record<UnreadReason, number>>;
  /** Processes that ended while they were being read. */
  readonly gone: number;
  readonly firing: number;
  /** How many targets of rules could not be judged in the snapshot before. */
  readonly undecided: number;
  /** The ones among them that have waited longest. */
  readonly waiting: readonly Undecided[];
  readonly cost: Cost;
  /** Absent where nothing is delivered. */
  readonly deliveries?: DeliveryTally;
}

/** How many processes were read, and when. */
export interface Readings {
  readonly now: number;
  readonly earlier: number;
  readonly never: number;
  /** Age of the oldest last reading, ms. */
  readonly oldest: number;
}

/** What the rules say at the moment. */
export interface RulesState {
  /** Alerts that are firing. */
  readonly firing: number;
  readonly undecided: readonly Undecided[];
  readonly deliveries?: DeliveryTally | undefined;
}

/** How many of those that wait are named. */
const NAMED = 20;

/** Sums a snapshot up. */
export function heartbeatOf(snapshot: Snapshot, { firing, undecided, deliveries }: RulesState): Heartbeat {
  const { time, uptime, host, processes, gone, cost } = snapshot;
  const { pss, from } = holdingsOf(snapshot);
  const { ratio, total, unread } = coverage(snapshot);
  const { missing, earlier } = totalsOf(processes, uptime);
  const now = processes.length - missing;
  return {
    type: 'heartbeat',
    ...{ time, host, processes: processes.length, pss, pssFrom: from },
    ...(total > 0 && { coverage: ratio }),
    readings: { now, earlier: earlier.processes, never: missing - earlier.processes, oldest: earlier.age },
    ...{ unread, gone, firing, undecided: undecided.length, waiting: undecided.slice(0, NAMED), cost },
    ...(deliveries && { deliveries }),
  };
}
