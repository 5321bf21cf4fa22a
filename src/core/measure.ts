import { coverage } from './coverage.ts';
import type { Bounds, Measure, ProcessSample, Snapshot } from './types.ts';

/** The measures that belong to the host and not to processes. */
export const HOST_MEASURES: readonly Measure[] = ['available', 'total', 'unaccounted', 'coverage'];

/** The measures that are read of each process and added up. */
export const MEMBER_MEASURES: ReadonlySet<Measure> = new Set([
  'pss',
  'swap',
  'memory',
  'uss',
  'anon',
  'file',
  'shmem',
  'dirty',
  'rss',
] as const);

/** Every measure, for schemas and for "did you mean". */
export const MEASURES: readonly Measure[] = [...MEMBER_MEASURES, 'count', 'age', ...HOST_MEASURES];

/**
 * The sum of a measure over processes, as bounds: PSS and each part of it lie between 0 and RSS where there is no exact
 * reading; swap has no bound without one. Hot: called for each rule and target at each snapshot.
 */
export function measureMembers(members: readonly ProcessSample[], measure: Measure): Bounds | undefined {
  let low = 0;
  let high = 0;
  for (const sample of members) {
    const exact = figure(sample, measure);
    if (exact !== undefined) {
      low += exact;
      high += exact;
    } else {
      high += measure === 'swap' || measure === 'memory' ? Number.POSITIVE_INFINITY : sample.rss;
    }
  }
  return { low, high };
}

/** The same where every member was read; undefined where one was not. Makes no object: histories ask at every snapshot. */
export function knownOfMembers(members: readonly ProcessSample[], measure: Measure): number | undefined {
  let sum = 0;
  for (const sample of members) {
    const exact = figure(sample, measure);
    if (exact === undefined) return undefined;
    sum += exact;
  }
  return sum;
}

/** The age of the oldest member, ms. */
export function oldestAge(members: readonly ProcessSample[], uptime: number): number {
  let age = 0;
  for (const { process } of members) age = Math.max(age, uptime - process.startedAt);
  return age;
}

/**
 * A measure of the host. `total` is what all processes hold together, the unreadable ones included (AnonPages + Mapped
 * equals the sum of PSS). `unaccounted` is memory in use that no process holds: tmpfs, slab, huge pages, kernel.
 */
export function measureHost(snapshot: Snapshot, measure: Measure): Bounds | undefined {
  const { total, available, anon, mapped } = snapshot.memory;
  if (measure === 'available') return exactly(available);
  // What the processes hold together is not known everywhere: not in a container without cgroup v2.
  if (anon + mapped <= 0) return undefined;
  switch (measure) {
    case 'total':
      return exactly(anon + mapped);
    case 'unaccounted':
      return exactly(Math.max(0, total - available - anon - mapped));
    case 'coverage':
      return exactly(coverage(snapshot).ratio);
    default:
      return undefined;
  }
}

/** A figure known exactly. */
export function exactly(value: number): Bounds {
  return { low: value, high: value };
}

function figure(sample: ProcessSample, measure: Measure): number | undefined {
  const { exact } = sample;
  if (exact === undefined) return measure === 'rss' ? sample.rss : undefined;
  switch (measure) {
    case 'pss':
      return exact.pss;
    case 'swap':
      return exact.swapPss;
    case 'memory':
      return exact.pss + exact.swapPss;
    case 'uss':
      return exact.uss;
    case 'anon':
      return exact.anon;
    case 'file':
      return exact.file;
    case 'shmem':
      return exact.shmem;
    case 'dirty':
      return exact.dirty;
    case 'rss':
      return exact.rss;
    default:
      return undefined;
  }
}
