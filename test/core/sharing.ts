import fc from 'fast-check';
import type { ExactReading, HostMemory, ProcessSample, UnreadReason } from '../../src/core/types.ts';
import { GiB, sample } from './world.ts';

/** Bytes of a page and of a kB. */
export const PAGE = 4096;
const KIB = 1024;

/** Pages that are mapped or swapped out alike: by whom, and how often. */
export interface Run {
  readonly kind: 'anon' | 'file' | 'shmem' | 'swap';
  readonly pages: number;
  /** How often each address space maps it. */
  readonly maps: readonly number[];
}

/** One who has an address space, perhaps together with others (vfork, CLONE_VM). */
export interface Party {
  readonly space: number;
  readonly uid: number;
  readonly name: string;
}

/**
 * The smallest world that shares pages, beside the big one of test/simulation: runs of pages in address spaces, and processes
 * that have them. It follows the kernel's own reckoning: a page counts for a process with its size by the number of times it is mapped.
 */
export interface World {
  readonly runs: readonly Run[];
  readonly parties: readonly Party[];
}

const SPACES = 5;
/** Processes of a world at most. */
export const MOST = 7;

const run: fc.Arbitrary<Run> = fc.record({
  kind: fc.constantFrom('anon', 'anon', 'file', 'shmem', 'swap'),
  pages: fc.integer({ min: 1, max: 60_000 }),
  maps: fc.array(fc.constantFrom(0, 0, 1, 1, 2), { minLength: SPACES, maxLength: SPACES }),
});

const party: fc.Arbitrary<Party> = fc.record({
  space: fc.integer({ min: 0, max: SPACES - 1 }),
  uid: fc.constantFrom(0, 33, 1000),
  name: fc.constantFrom('web', 'db', 'job'),
});

/** Worlds in which some processes have one address space together. */
export const pairedWorlds: fc.Arbitrary<World> = fc
  .record({ runs: fc.array(run, { maxLength: 12 }), parties: fc.array(party, { minLength: 1, maxLength: MOST }) })
  .map(settled);

/** Worlds in which everybody has an address space of his own. */
export const worlds: fc.Arbitrary<World> = fc
  .record({ runs: fc.array(run, { maxLength: 12 }), parties: fc.array(party, { minLength: 1, maxLength: SPACES }) })
  .map(({ runs, parties }) => settled({ runs, parties: parties.map((one, space) => ({ ...one, space })) }));

/** What the kernel would tell of a process, were it read. Each figure is rounded down to kB by itself. */
export function readingOf({ runs, parties }: World, index: number, at = 0): ExactReading {
  const space = parties[index]?.space ?? 0;
  const sum = (kind: Run['kind'], of: (mine: number, all: number) => number): number =>
    runs
      .filter((one) => one.kind === kind)
      .reduce((total, { pages, maps }) => total + pages * PAGE * of(maps[space] ?? 0, countOf(maps)), 0);
  const share = (mine: number, all: number): number => (all === 0 ? 0 : mine / all);
  const own = (mine: number, all: number): number => (mine > 0 && mine === all ? mine : 0);
  const parts = { anon: sum('anon', share), file: sum('file', share), shmem: sum('shmem', share) };
  const uss = sum('anon', own) + sum('file', own) + sum('shmem', own);
  const figures = {
    pss: parts.anon + parts.file + parts.shmem,
    swapPss: sum('swap', share),
    rss: rssOf({ runs, parties }, index).rss,
    uss,
    ...parts,
    dirty: uss,
  };
  const rounded = Object.entries(figures).map(([name, bytes]) => [name, Math.floor(bytes / KIB + 1e-6) * KIB]);
  return { at, ...(Object.fromEntries(rounded) as Omit<ExactReading, 'at'>) };
}

/** What costs nothing to know of a process: statm and VmSwap. */
export function rssOf({ runs, parties }: World, index: number): { rss: number; shared: number; swap: number } {
  const space = parties[index]?.space ?? 0;
  const sum = (...kinds: Run['kind'][]): number =>
    runs
      .filter(({ kind }) => kinds.includes(kind))
      .reduce((all, { pages, maps }) => all + pages * (maps[space] ?? 0), 0) * PAGE;
  return { rss: sum('anon', 'file', 'shmem'), shared: sum('file', 'shmem'), swap: sum('swap') };
}

/** AnonPages and Mapped: every page once that anybody maps. `drift`, bytes: how far off the kernel's counters may be. */
export function memoryOf({ runs, parties }: World, drift = 0): HostMemory {
  const used = new Set(parties.map(({ space }) => space));
  const sum = (...kinds: Run['kind'][]): number =>
    runs
      .filter(({ kind, maps }) => kinds.includes(kind) && maps.some((count, space) => count > 0 && used.has(space)))
      .reduce((all, { pages }) => all + pages * PAGE, 0);
  const [anon, mapped] = [sum('anon'), sum('file', 'shmem')];
  const around = (bytes: number): { low: number; high: number } => ({
    low: Math.max(0, bytes - drift),
    high: bytes + drift,
  });
  return {
    ...{ total: 64 * GiB, available: 32 * GiB, anon, mapped, swapTotal: GiB, swapFree: 0 },
    held: { anon: around(anon), mapped: around(mapped) },
  };
}

/** What nobody's address space maps is gone. */
function settled({ runs, parties }: World): World {
  const used = new Set(parties.map(({ space }) => space));
  return {
    parties,
    runs: runs.map((one) => ({ ...one, maps: one.maps.map((count, i) => (used.has(i) ? count : 0)) })),
  };
}

/** How a process is known in a snapshot: by its bounds, by a reading, or not to be read. */
export type Known = 'bounds' | 'read' | UnreadReason;

/** The processes of a world as samples, each known as said. */
export function samplesOf(world: World, known: readonly Known[], { at = 0, lag = 0 } = {}): ProcessSample[] {
  return world.parties.map(({ uid, name }, index) => {
    const { process } = sample({ pid: 100 + index, uid, user: `user${uid}`, name });
    const how = known[index] ?? 'bounds';
    const { rss, shared, swap } = rssOf(world, index);
    // Counters that lag behind say too little.
    const seen = { rss: Math.max(0, rss - lag), shared: Math.max(0, shared - lag), swap, ...(lag > 0 && { lag }) };
    if (how === 'bounds') return { process, ...seen };
    if (how !== 'read') return { process, ...seen, unread: how };
    const reading = readingOf(world, index, at);
    return { process, ...seen, exact: reading, last: reading };
  });
}

function countOf(maps: readonly number[]): number {
  return maps.reduce((sum, count) => sum + count, 0);
}
