import { measureHost } from './measure.ts';
import type { ProcessSample, Snapshot, UnreadReason } from './types.ts';

/** Sums over the listed processes. Sizes in bytes. */
export interface Totals {
  readonly processes: number;
  /** Of the processes that were read. */
  readonly pss: number;
  readonly swap: number;
  /** What the others can have at most: their resident sets. */
  readonly unreadAtMost: number;
  readonly unread: Readonly<Partial<Record<UnreadReason, number>>>;
}

/** What is known of the host beyond its processes' readings. Sizes in bytes. */
export interface HostFigures {
  /** What all processes hold together, the unreadable ones included: AnonPages + Mapped. */
  readonly all: number;
  /** Share of it that was read, 0 to 1. */
  readonly coverage: number;
  /** In use, but held by no process: tmpfs, slab, huge pages, the kernel. */
  readonly unaccounted: number;
}

/** What is known of the host; undefined where /proc/meminfo was not read. */
export function hostFigures(snapshot: Snapshot): HostFigures | undefined {
  const all = snapshot.memory.anon + snapshot.memory.mapped;
  if (all <= 0) return undefined;
  const figure = (measure: 'coverage' | 'unaccounted'): number => measureHost(snapshot, measure)?.low ?? 0;
  return { all, coverage: figure('coverage'), unaccounted: figure('unaccounted') };
}

/** Adds processes up, in one pass. */
export function totalsOf(samples: readonly ProcessSample[]): Totals {
  let pss = 0;
  let swap = 0;
  let unreadAtMost = 0;
  const unread: Partial<Record<UnreadReason, number>> = {};
  for (const sample of samples) {
    if (sample.exact) {
      pss += sample.exact.pss;
      swap += sample.exact.swapPss;
    } else {
      const reason = sample.unread ?? 'postponed';
      unread[reason] = (unread[reason] ?? 0) + 1;
      unreadAtMost += sample.rss;
    }
  }
  return { processes: samples.length, pss, swap, unreadAtMost, unread };
}
