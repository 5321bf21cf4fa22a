import { atMost } from './bounds.ts';
import type { Bounds, ExactReading, ProcessSample, Snapshot, UnreadReason } from './types.ts';

/** How much of a host's process memory is measured. */
export interface Coverage {
  /** Sum of PSS over the processes that were read, in this snapshot or before, bytes. */
  readonly exact: number;
  /** AnonPages + Mapped: what PSS would come to over all processes, bytes; 0 when the host does not tell. */
  readonly total: number;
  /** `exact` as a share of `total`, 0 to 1. As long as some processes were never read: what may be read at most, as far as is known. */
  readonly ratio: number;
  /** Processes that were to be read and were not, by reason. */
  readonly unread: Readonly<Record<UnreadReason, number>>;
  /** Processes that ended while they were being read. */
  readonly gone: number;
}

/** How much of the host's process memory is covered. */
export function coverage(snapshot: Covered & Pick<Snapshot, 'gone'>): Coverage {
  const unread = { denied: 0, stuck: 0, postponed: 0, late: 0, gone: 0 };
  let exact = 0;
  let closed = 0;
  let everybody = true;
  for (const sample of snapshot.processes) {
    const reading = sample.exact ?? sample.last;
    if (reading !== undefined) exact += reading.pss;
    else if (sample.unread === undefined) everybody = false;
    else if (!mayBeRead(sample)) closed += atMost(sample, 'pss');
    if (sample.unread !== undefined) unread[sample.unread]++;
  }
  const { total, share } = shareOf(exact, snapshot.memory);
  const rest = snapshot.memory.held ? shareOf(total - closed, snapshot.memory).share : coverageBounds(snapshot).high;
  return { exact, total, ratio: everybody ? share : Math.max(share, rest), unread, gone: snapshot.gone };
}

/**
 * The share of the process memory that can be read, 0 to 1, as bounds: exact when everything that may be read was read in
 * this snapshot. Without reading, what the unreadable processes and those that were never read have at most gives the lower
 * bound, where all can be seen; elsewhere a reading counts for a while.
 */
export function coverageBounds(snapshot: Covered): Bounds {
  const { memory } = snapshot;
  let read = 0;
  let open = 0;
  let uncertain = 0;
  snapshot.processes.forEach((sample) => {
    const reading = readingOf(sample, snapshot);
    const most = reading === undefined ? atMost(sample, 'pss') : 0;
    read += reading?.pss ?? 0;
    if (mayBeRead(sample)) open += most;
    if (!mayBeRead(sample) || sample.last === undefined) uncertain += most;
  });
  const low = shareOf(read, memory).share;
  if (open === 0) return { low, high: low };
  const { held } = memory;
  const certain = held === undefined ? 0 : held.anon.low + held.mapped.low - uncertain;
  return { low: Math.max(low, shareOf(certain, memory).share), high: shareOf(read + open, memory).share };
}

/** What tells on which side of `ratio` the coverage lies: whose PSS, and how much of it together; all of it where there is no `limit`. */
export function uncovered(snapshot: Covered, ratio: number): { members: ProcessSample[]; limit?: number } {
  const { anon, mapped } = snapshot.memory;
  const untried = untriedOf(snapshot, ratio);
  if (untried !== undefined) return { members: untried };
  let limit = ratio * (anon + mapped);
  const members: ProcessSample[] = [];
  for (const sample of snapshot.processes) {
    const reading = readingOf(sample, snapshot);
    if (reading === undefined) members.push(sample);
    else limit -= reading.pss;
  }
  return { members, limit };
}

/** Where all can be seen: the biggest of those that were never read, so many that the rest does not matter. Undefined where that can't be. */
function untriedOf({ processes, memory: { anon, mapped, held } }: Covered, ratio: number): ProcessSample[] | undefined {
  if (held === undefined) return undefined;
  const size = (sample: ProcessSample) => (sample.exact === undefined ? atMost(sample, 'pss') : 0);
  const untried = processes.filter((sample) => mayBeRead(sample) && sample.last === undefined);
  let room = held.anon.low + held.mapped.low - ratio * (anon + mapped);
  for (const sample of processes) if (!mayBeRead(sample) || sample.last === undefined) room -= size(sample);
  const chosen: ProcessSample[] = [];
  for (const sample of untried.sort((a, b) => size(b) - size(a))) {
    if (room >= 0) break;
    chosen.push(sample);
    room += size(sample);
  }
  return room >= 0 && chosen.length > 0 ? chosen : undefined;
}

type Covered = Pick<Snapshot, 'processes' | 'memory' | 'uptime'>;

/** Where not all can be seen, nothing but readings tells what is covered: one is good for so long, ms. */
const GOOD_FOR = 300_000;

function readingOf(sample: ProcessSample, { memory, uptime }: Covered): ExactReading | undefined {
  const { exact, last } = sample;
  if (exact !== undefined || memory.held !== undefined || !mayBeRead(sample)) return exact;
  return last !== undefined && uptime - last.at <= GOOD_FOR ? last : undefined;
}

function mayBeRead({ unread }: ProcessSample): boolean {
  return unread !== 'denied' && unread !== 'stuck' && unread !== 'gone';
}

/** So many bytes as a share of what all processes hold. The counters of meminfo and those of the processes are not read at one moment: never more than everything. */
export function shareOf(bytes: number, { anon, mapped }: Snapshot['memory']): { total: number; share: number } {
  const total = anon + mapped;
  return { total, share: total > 0 ? Math.max(0, Math.min(1, bytes / total)) : 1 };
}
