/** The figures that the kernel would give for an address space, in its own arithmetic (fs/proc/task_mmu.c). */

import { blocksOf, type Ref, type Space } from './pages.ts';

/** Bytes of a page. */
export const PAGE = 4096;
/** PSS is added up in 1/4096 of a byte (PSS_SHIFT). */
const FULL = PAGE << 12;
const KB = 1024 * 2 ** 12;

/** What smaps_rollup says, kB. */
export interface Rollup {
  rss: number;
  pss: number;
  pssDirty: number;
  pssAnon: number;
  pssFile: number;
  pssShmem: number;
  sharedClean: number;
  sharedDirty: number;
  privateClean: number;
  privateDirty: number;
  merged: number;
  swap: number;
  swapPss: number;
}

/** What the counters of an address space say, in pages (statm, status). */
export interface Counters {
  anon: number;
  file: number;
  shmem: number;
  swap: number;
}

/** Pages of the whole host. */
export interface HostCounters {
  /** AnonPages and Mapped of meminfo: each frame once. */
  anon: number;
  mapped: number;
  /** Swap slots in use. */
  swap: number;
}

/** Adds up what an address space maps, as walking its page tables does. */
export function rollupOf(space: Space): Rollup {
  const sums = { rss: 0, pss: 0, pssDirty: 0, pssAnon: 0, pssFile: 0, pssShmem: 0 };
  const rest = { sharedClean: 0, sharedDirty: 0, privateClean: 0, privateDirty: 0, merged: 0, swap: 0, swapPss: 0 };
  const all: Rollup = { ...sums, ...rest };
  for (const { refs } of space.mappings) for (const ref of refs) addRef(all, ref);
  for (const name of ['pss', 'pssDirty', 'pssAnon', 'pssFile', 'pssShmem', 'swapPss'] as const) {
    all[name] = Math.floor(all[name] / KB);
  }
  for (const name of ['rss', 'swap', 'merged', ...CLASSES] as const) all[name] *= PAGE / 1024;
  return all;
}

const CLASSES = ['sharedClean', 'sharedDirty', 'privateClean', 'privateDirty'] as const;
const OF_KIND = { anon: 'pssAnon', file: 'pssFile', shmem: 'pssShmem' } as const;

function addRef(sums: Rollup, { block, entries, swapped }: Ref): void {
  if (swapped) {
    sums.swap += entries;
    sums.swapPss += entries * Math.floor(FULL / (block.swapped / block.frames));
    return;
  }
  const sharers = block.mapped / block.frames;
  const pss = entries * Math.floor(FULL / sharers);
  sums.rss += entries;
  sums.pss += pss;
  sums[OF_KIND[block.kind]] += pss;
  if (block.dirty) sums.pssDirty += pss;
  if (block.merged) sums.merged += entries;
  sums[CLASSES[(sharers > 1 ? 0 : 2) + (block.dirty ? 1 : 0)] ?? 'sharedClean'] += entries;
}

/** Counts the entries of an address space. */
export function countersOf(space: Space): Counters {
  const counters = { anon: 0, file: 0, shmem: 0, swap: 0 };
  for (const { refs } of space.mappings) {
    for (const { block, entries, swapped } of refs) counters[swapped ? 'swap' : block.kind] += entries;
  }
  return counters;
}

/** Counts the frames that anybody maps. */
export function hostCountersOf(spaces: Iterable<Space>): HostCounters {
  const counters = { anon: 0, mapped: 0, swap: 0 };
  for (const { kind, frames, mapped, swapped } of blocksOf(spaces)) {
    if (mapped > 0) counters[kind === 'anon' ? 'anon' : 'mapped'] += frames;
    if (swapped > 0) counters.swap += frames;
  }
  return counters;
}
