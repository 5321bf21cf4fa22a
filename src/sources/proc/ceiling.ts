import type { Cgroup } from './cgroup.ts';
import { readText } from './files.ts';

const KEEP = 30_000;
const MAX_ENTRIES = 10_000;

/** When it is asked, ms, and the host's memory, bytes, 0 where it is not known; the same object within one snapshot. */
interface Moment {
  readonly now: number;
  readonly total: number;
}

/** What limits the memory of a cgroup, bytes. */
export interface Ceiling {
  /** The lowest limit up the tree. */
  readonly limit: number;
  /** The least that may still be taken under any of the limits, whoever else is under it. Infinite where that is not known. */
  readonly room: number;
}

/** Finds the memory ceiling of a cgroup; undefined where nothing below the host's memory limits it. Hot: asked for each process. */
export type CeilingLookup = (memory: Cgroup['memory'], at: Moment) => Ceiling | undefined;

interface Kept {
  readonly until: number;
  readonly ceiling: Ceiling;
}

/**
 * The lowest of memory.max and memory.high (v2) or memory.limit_in_bytes (v1) of a cgroup and everything above it. Limits seldom
 * change, so each folder's is read twice a minute at most, and with it what is used under it.
 * @param root where the hierarchies are mounted, `/sys/fs/cgroup`.
 */
export function ceilings(root: string): CeilingLookup {
  const folders = new Map<string, Kept>();
  const paths = { 1: new Map<string, Kept>(), 2: new Map<string, Kept>() };

  const folderLimit = ({ folder, version }: { folder: string; version: 1 | 2 }, now: number) =>
    remember(folders, { key: folder, now }, () => {
      const limit = Math.min(...FILES[version].limits.map((file) => parseLimit(readText(`${folder}/${file}`))));
      return { limit, room: Number.isFinite(limit) ? Math.max(0, limit - usedIn(folder, version)) : limit };
    });

  const lowestAbove = ({ path, version }: Cgroup['memory'], now: number): Ceiling => {
    const parts = path.split('/').filter((part) => part !== '');
    // A path outside of our cgroup namespace begins with "..": its files are not ours to see.
    if (parts.includes('..')) return NONE;
    const top = version === 1 ? `${root}/memory` : root;
    const all = [top, ...parts.map((_, i) => `${top}/${parts.slice(0, i + 1).join('/')}`)];
    return lowest(all.map((folder) => folderLimit({ folder, version }, now)));
  };

  const pathLimit = (memory: Cgroup['memory'], { now, total }: Moment): Ceiling | undefined => {
    const ceiling = remember(paths[memory.version], { key: memory.path, now }, () => lowestAbove(memory, now));
    return ceiling.limit < (total || Number.POSITIVE_INFINITY) ? ceiling : undefined;
  };

  const found = new Map<Cgroup['memory'], Ceiling | undefined>();
  let last: Moment | undefined;
  return (memory, at) => {
    if (at !== last) found.clear();
    last = at;
    if (!found.has(memory)) found.set(memory, pathLimit(memory, at));
    return found.get(memory);
  };
}

const NONE: Ceiling = { limit: Number.POSITIVE_INFINITY, room: Number.POSITIVE_INFINITY };

/** The files of a cgroup, by the version of the hierarchy. */
const FILES = {
  1: { limits: ['memory.limit_in_bytes'], used: 'memory.usage_in_bytes', cache: /^total_inactive_file (\d{1,18})$/m },
  2: { limits: ['memory.max', 'memory.high'], used: 'memory.current', cache: /^inactive_file (\d{1,18})$/m },
} as const;

/** What is used in a cgroup and below it, less the cache that the kernel takes back first, bytes; less than nothing where it is not known. */
function usedIn(folder: string, version: 1 | 2): number {
  const { used, cache } = FILES[version];
  const bytes = parseLimit(readText(`${folder}/${used}`));
  if (!Number.isFinite(bytes)) return Number.NEGATIVE_INFINITY;
  return bytes - Number(cache.exec(readText(`${folder}/memory.stat`) ?? '')?.[1] ?? 0);
}

function lowest(all: readonly Ceiling[]): Ceiling {
  return { limit: Math.min(...all.map(({ limit }) => limit)), room: Math.min(...all.map(({ room }) => room)) };
}

function remember(kept: Map<string, Kept>, { key, now }: { key: string; now: number }, find: () => Ceiling): Ceiling {
  const known = kept.get(key);
  if (known !== undefined && known.until > now) return known.ceiling;
  if (kept.size >= MAX_ENTRIES) kept.clear();
  const ceiling = find();
  kept.set(key, { until: now + KEEP, ceiling });
  return ceiling;
}

/** `max`, v1's "unlimited" (near 2^63) and anything unreadable are no limit. */
function parseLimit(text: string | undefined): number {
  const match = text === undefined ? null : /^(\d{1,18})\n?$/.exec(text);
  return match ? Number(match[1]) : Number.POSITIVE_INFINITY;
}
