import { atMost } from './bounds.ts';
import { coverage } from './coverage.ts';
import { measureHost } from './measure.ts';
import type { ProcessSample, Snapshot, UnreadReason } from './types.ts';

/** Sums over the listed processes. Sizes in bytes. */
export interface Totals {
  readonly processes: number;
  /** Of the processes that were read in this snapshot. */
  readonly pss: number;
  readonly swap: number;
  /** What all others can have at most. */
  readonly unreadAtMost: number;
  /** Those that were to be read and could not be, by reason. */
  readonly unread: Readonly<Partial<Record<UnreadReason, number>>>;
  /** How many were not read in this snapshot, for whatever reason. */
  readonly missing: number;
  /** Those among them that were read before. */
  readonly earlier: Earlier;
}

/** Readings of earlier snapshots, added up. */
export interface Earlier {
  readonly processes: number;
  /** What was read then or, where that is less, what they can have at most now. */
  readonly pss: number;
  readonly swap: number;
  /** Age of the oldest of these readings, ms. */
  readonly age: number;
}

/** What is known of the host beyond its processes' readings. Sizes in bytes. */
export interface HostFigures {
  /** What all processes hold together, the unreadable ones included: AnonPages + Mapped. */
  readonly all: number;
  /** Share of it that was read, now or before, 0 to 1. */
  readonly coverage: number;
  /** In use, but held by no process: tmpfs, slab, huge pages, the kernel. */
  readonly unaccounted: number;
}

/** What is known of the host; undefined where /proc/meminfo was not read. @param covered where it is known already. */
export function hostFigures(snapshot: Snapshot, covered: number = coverage(snapshot).ratio): HostFigures | undefined {
  const all = snapshot.memory.anon + snapshot.memory.mapped;
  if (all <= 0) return undefined;
  const unaccounted = measureHost(snapshot, 'unaccounted')?.low ?? 0;
  return { all, coverage: covered, unaccounted };
}

/** Adds processes up, in one pass. @param uptime of their snapshot, ms. */
export function totalsOf(samples: readonly ProcessSample[], uptime: number): Totals {
  const earlier = { processes: 0, pss: 0, swap: 0, age: 0 };
  const unread: Partial<Record<UnreadReason, number>> = {};
  let [pss, swap, unreadAtMost, missing] = [0, 0, 0, 0];
  for (const sample of samples) {
    const { exact, last } = sample;
    if (exact !== undefined) {
      pss += exact.pss;
      swap += exact.swapPss;
      continue;
    }
    missing += 1;
    if (sample.unread !== undefined) unread[sample.unread] = (unread[sample.unread] ?? 0) + 1;
    const bound = atMost(sample, 'pss');
    unreadAtMost += bound;
    if (last === undefined) continue;
    earlier.processes += 1;
    earlier.pss += Math.min(last.pss, bound);
    earlier.swap += last.swapPss;
    earlier.age = Math.max(earlier.age, uptime - last.at);
  }
  return { processes: samples.length, pss, swap, unreadAtMost, unread, missing, earlier };
}

/** How many processes could not be read, for whatever reason. */
export function unreadCount(unread: Totals['unread']): number {
  return Object.values(unread).reduce((sum, count) => sum + count, 0);
}

/** What the processes of a snapshot hold together. */
export interface Holdings {
  /** Bytes. */
  readonly pss: number;
  /**
   * `kernel`: AnonPages + Mapped, which is the PSS of all processes together, where all of them are seen. `readings`: the sum
   * over all that can be read, each in this snapshot; `old-readings`: some of these are older, or were not made yet.
   */
  readonly from: 'kernel' | 'readings' | 'old-readings';
}

/** What all processes hold, from whoever knows it best. */
export function holdingsOf(snapshot: Snapshot): Holdings {
  const { processes, uptime, memory } = snapshot;
  if (memory.held !== undefined) return { pss: memory.anon + memory.mapped, from: 'kernel' };
  const { pss, unread, missing, earlier } = totalsOf(processes, uptime);
  const fresh = earlier.processes === 0 && missing === unreadCount(unread);
  return { pss: pss + earlier.pss, from: fresh ? 'readings' : 'old-readings' };
}
