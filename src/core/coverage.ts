import { atMost } from './bounds.ts';
import type { Bounds, ProcessSample, Snapshot, UnreadReason } from './types.ts';

/** How much of a host's process memory is measured. */
export interface Coverage {
  /** Sum of PSS over the processes that were read, in this snapshot or before, bytes. */
  readonly exact: number;
  /** AnonPages + Mapped: what PSS would come to over all processes, bytes; 0 when the host does not tell. */
  readonly total: number;
  /** `exact` as a share of `total`, 0 to 1. As long as some processes were never read: what may be read, as far as that is certain. */
  readonly ratio: number;
  /** Processes that were to be read and were not, by reason. */
  readonly unread: Readonly<Record<UnreadReason, number>>;
  /** Processes that ended while they were being read. */
  readonly gone: number;
}

/** How much of the host's process memory is covered. */
export function coverage(snapshot: Pick<Snapshot, 'processes' | 'memory' | 'gone'>): Coverage {
  const unread = { denied: 0, stuck: 0, postponed: 0, late: 0, gone: 0 };
  let exact = 0;
  let everybody = true;
  for (const sample of snapshot.processes) {
    const reading = sample.exact ?? sample.last;
    if (reading !== undefined) exact += reading.pss;
    else if (sample.unread === undefined) everybody = false;
    if (sample.unread !== undefined) unread[sample.unread]++;
  }
  const { total, share } = shareOf(exact, snapshot.memory);
  const ratio = everybody ? share : Math.max(share, coverageBounds(snapshot).low);
  return { exact, total, ratio, unread, gone: snapshot.gone };
}

/**
 * The share of the process memory that can be read, 0 to 1, as bounds: exact when everything that may be read was read in
 * this snapshot. Without reading, what the unreadable processes have at most gives the lower bound, where all can be seen.
 */
export function coverageBounds({ processes, memory }: Pick<Snapshot, 'processes' | 'memory'>): Bounds {
  let read = 0;
  let open = 0;
  let closed = 0;
  for (const sample of processes) {
    if (sample.exact !== undefined) read += sample.exact.pss;
    else if (mayBeRead(sample)) open += atMost(sample, 'pss');
    else closed += atMost(sample, 'pss');
  }
  const low = shareOf(read, memory).share;
  if (open === 0) return { low, high: low };
  const { held } = memory;
  const certain = held === undefined ? 0 : held.anon.low + held.mapped.low - closed;
  return { low: Math.max(low, shareOf(certain, memory).share), high: shareOf(read + open, memory).share };
}

function mayBeRead({ unread }: ProcessSample): boolean {
  return unread !== 'denied' && unread !== 'stuck' && unread !== 'gone';
}

/** The counters of meminfo and those of the processes are not read at one moment: never more than everything. */
function shareOf(bytes: number, { anon, mapped }: Snapshot['memory']): { total: number; share: number } {
  const total = anon + mapped;
  return { total, share: total > 0 ? Math.max(0, Math.min(1, bytes / total)) : 1 };
}
