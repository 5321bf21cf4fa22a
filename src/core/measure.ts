import { coverageBounds } from './coverage.ts';
import type { Bounds, Measure, ProcessSample, Snapshot } from './types.ts';

/** The measures that belong to the host and not to processes. */
export const HOST_MEASURES: readonly Measure[] = ['available', 'total', 'unaccounted', 'coverage', 'undecided'];

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

/** True for the name of a measure. */
export function isMeasure(name: string): boolean {
  return (MEASURES as readonly string[]).includes(name);
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
  if (measure === 'available') return total > 0 ? exactly(available) : undefined;
  // What the processes hold together is not known everywhere: not in a container without cgroup v2.
  if (anon + mapped <= 0) return undefined;
  switch (measure) {
    case 'total':
      return exactly(anon + mapped);
    case 'unaccounted':
      return exactly(Math.max(0, total - available - anon - mapped));
    case 'coverage':
      return coverageBounds(snapshot);
    default:
      return undefined;
  }
}

/** The memory of the host, bytes. Infinite where no meminfo tells it (`ProcSubset=pid`): nothing is near to a limit that nobody knows. */
export function ramOf({ memory: { total } }: Snapshot): number {
  return total > 0 ? total : Number.POSITIVE_INFINITY;
}

/** A figure known exactly. */
export function exactly(value: number): Bounds {
  return { low: value, high: value };
}
