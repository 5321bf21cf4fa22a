import type { Snapshot, UnreadReason } from './types.ts';

/** How much of a snapshot was really measured. */
export interface Coverage {
  /** Sum of PSS over the processes that were read, bytes. */
  readonly exact: number;
  /** AnonPages + Mapped: what PSS would come to over all processes, bytes; 0 when the host does not tell. */
  readonly total: number;
  /** `exact` as a share of `total`, 0 to 1. */
  readonly ratio: number;
  /** Processes without an exact reading, by reason. */
  readonly unread: Readonly<Record<UnreadReason, number>>;
  /** Processes that ended while they were being read. */
  readonly gone: number;
}

/** How much of the host's process memory a snapshot covers. */
export function coverage({ processes, memory, gone }: Pick<Snapshot, 'processes' | 'memory' | 'gone'>): Coverage {
  const unread = { denied: 0, stuck: 0, postponed: 0, late: 0 };
  let exact = 0;
  for (const sample of processes) {
    exact += sample.exact?.pss ?? 0;
    if (sample.unread !== undefined) unread[sample.unread]++;
  }
  const total = memory.anon + memory.mapped;
  // The counters of meminfo and those of the processes are not read at one moment: never more than everything.
  return { exact, total, ratio: total > 0 ? Math.min(1, exact / total) : 1, unread, gone };
}
