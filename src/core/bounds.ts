// Loops that are made for each target or process count their way: unless it is optimized, which most code of a daemon that
// looks up now and then never is, `for … of` allocates for each element.

import type { Bounds, ExactReading, HostMemory, Measure, ProcessSample } from './types.ts';

/** What all processes of a snapshot can hold at most: what a group does not have, others must have. */
export interface Ledger {
  readonly anon: number;
  readonly shared: number;
}

/** Adds up what each process can hold as far as is known without reading: what is judged of a group must not depend on who else was read. */
export function ledgerOf(processes: readonly ProcessSample[]): Ledger {
  let anon = 0;
  let shared = 0;
  for (let i = 0; i < processes.length; i += 1) {
    const sample = processes[i];
    if (sample === undefined) continue;
    anon += atMost(sample, 'anon');
    shared += atMost(sample, 'file');
  }
  return { anon, shared };
}

/**
 * The sum of a measure over processes, as bounds. Where there is no exact reading, PSS and each part of it lie between 0
 * and the resident pages of their kind: there is no lower bound for one process without a walk of its page tables, as a
 * fork or an exit elsewhere changes its share. Hot: called for each rule and target at each snapshot.
 */
export function measureMembers(members: readonly ProcessSample[], measure: Measure): Bounds {
  let low = 0;
  let high = 0;
  for (let i = 0; i < members.length; i += 1) {
    const sample = members[i];
    if (sample === undefined) continue;
    const { exact } = sample;
    if (exact !== undefined) {
      const value = figureOf(exact, measure);
      low += value;
      high += value;
    } else if (sample.unread !== 'gone') {
      if (measure === 'rss') low += Math.max(0, sample.rss - lagOf(sample));
      high += atMost(sample, measure);
    }
  }
  return { low, high };
}

/** A measure of processes as one reading has it, bytes. Hot: no name is looked up in a table. */
export function figureOf(reading: ExactReading, measure: Measure): number {
  switch (measure) {
    case 'pss':
      return reading.pss;
    case 'memory':
      return reading.pss + reading.swapPss;
    case 'swap':
      return reading.swapPss;
    case 'rss':
      return reading.rss;
    case 'uss':
      return reading.uss;
    case 'anon':
      return reading.anon;
    case 'file':
      return reading.file;
    case 'shmem':
      return reading.shmem;
    case 'dirty':
      return reading.dirty;
    default:
      throw new Error(`${measure} is no measure of processes`);
  }
}

/**
 * The same for PSS, with what the kernel's own sums say: over all processes PSS adds up to AnonPages + Mapped, so that a
 * group has at least what all others can't have, and at most what there is. It is what tells the size of a database with
 * a hundred workers without reading one. Processes that share one address space (vfork) are counted once by it.
 */
export function narrow(seen: Bounds, members: readonly ProcessSample[], { held, ledger, withSwap }: Law): Bounds {
  const anon: Part = { read: 0, unread: 0, others: ledger.anon };
  const shared: Part = { read: 0, unread: 0, others: ledger.shared };
  let swap = 0;
  let unread = 0;
  for (let i = 0; i < members.length; i += 1) {
    const sample = members[i];
    if (sample === undefined) continue;
    const anonHigh = atMost(sample, 'anon');
    const sharedHigh = atMost(sample, 'file');
    anon.others -= anonHigh;
    shared.others -= sharedHigh;
    const { exact } = sample;
    if (exact !== undefined) {
      anon.read += exact.anon;
      shared.read += exact.pss - exact.anon;
      swap += exact.swapPss;
    } else if (sample.unread !== 'gone') {
      anon.unread += anonHigh;
      shared.unread += sharedHigh;
      unread += atMost(sample, 'swap');
    }
  }
  const ofAnon = part(anon, held.anon);
  const ofShared = part(shared, held.mapped);
  const high = Math.min(seen.high, ofAnon.high + ofShared.high + (withSwap ? swap + unread : 0));
  return { low: Math.min(high, ofAnon.low + ofShared.low + (withSwap ? swap : 0)), high };
}

/** Anonymous or shared memory of a group: what was read of it, and what its unread members and all others have at most. */
interface Part {
  read: number;
  unread: number;
  others: number;
}

function part({ read, unread, others }: Part, whole: Bounds): Bounds {
  const high = Math.min(read + unread, whole.high);
  return { low: Math.min(high, Math.max(read, whole.low - others)), high };
}

/** What bounds on a whole host's memory say about a part of it. */
export interface Law {
  readonly held: NonNullable<HostMemory['held']>;
  readonly ledger: Ledger;
  /** For `memory`, which is PSS and SwapPss. */
  readonly withSwap: boolean;
}

/** What one process can have at most of a measure that belongs to processes, bytes. */
export function atMost(sample: ProcessSample, measure: Measure): number {
  const { rss, shared } = sample;
  switch (measure) {
    case 'anon':
      return rss - (shared ?? 0) + lagOf(sample);
    case 'file':
    case 'shmem':
      return (shared ?? rss) + lagOf(sample);
    case 'swap':
      return sample.swap ?? Number.POSITIVE_INFINITY;
    case 'memory':
      return rss + lagOf(sample) + (sample.swap ?? Number.POSITIVE_INFINITY);
    default:
      return rss + lagOf(sample);
  }
}

function lagOf({ lag }: ProcessSample): number {
  return lag ?? 0;
}

/** The least of a limit over all members, bytes; `most` where none of them has it. Hot: no closures are made. */
export function leastOfMembers(members: readonly ProcessSample[], limit: 'ceiling' | 'room', most: number): number {
  let least = most;
  for (let i = 0; i < members.length; i += 1) {
    const own = members[i]?.[limit];
    if (own !== undefined && own < least) least = own;
  }
  return least;
}
