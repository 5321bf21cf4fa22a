import type { Cgroup } from './cgroup.ts';
import { readText } from './files.ts';

const KEEP = 30_000;
const MAX_ENTRIES = 10_000;

/** When it is asked, ms, and the host's memory, bytes; the same object within one snapshot. */
interface Moment {
  readonly now: number;
  readonly total: number;
}

/** Finds the memory ceiling of a cgroup, in bytes; undefined where nothing below the host's memory limits it. Hot: asked for each process. */
export type CeilingLookup = (memory: Cgroup['memory'], at: Moment) => number | undefined;

interface Kept {
  readonly until: number;
  readonly limit: number;
}

/**
 * The lowest of memory.max and memory.high (v2) or memory.limit_in_bytes (v1) of a cgroup and everything above it. Limits seldom
 * change, so each folder's is read twice a minute at most.
 * @param root where the hierarchies are mounted, `/sys/fs/cgroup`.
 */
export function ceilings(root: string): CeilingLookup {
  const folders = new Map<string, Kept>();
  const paths = { 1: new Map<string, Kept>(), 2: new Map<string, Kept>() };

  const folderLimit = ({ folder, version }: { folder: string; version: 1 | 2 }, now: number) =>
    remember(folders, { key: folder, now }, () => {
      const files = version === 2 ? ['memory.max', 'memory.high'] : ['memory.limit_in_bytes'];
      return Math.min(...files.map((file) => parseLimit(readText(`${folder}/${file}`))));
    });

  const lowestAbove = ({ path, version }: Cgroup['memory'], now: number): number => {
    const parts = path.split('/').filter((part) => part !== '');
    // A path outside of our cgroup namespace begins with "..": its files are not ours to see.
    if (parts.includes('..')) return Number.POSITIVE_INFINITY;
    const top = version === 1 ? `${root}/memory` : root;
    const all = [top, ...parts.map((_, i) => `${top}/${parts.slice(0, i + 1).join('/')}`)];
    return Math.min(...all.map((folder) => folderLimit({ folder, version }, now)));
  };

  const pathLimit = (memory: Cgroup['memory'], { now, total }: Moment): number | undefined => {
    const lowest = remember(paths[memory.version], { key: memory.path, now }, () => lowestAbove(memory, now));
    return lowest < total ? lowest : undefined;
  };

  const found = new Map<Cgroup['memory'], number | undefined>();
  let last: Moment | undefined;
  return (memory, at) => {
    if (at !== last) found.clear();
    last = at;
    if (!found.has(memory)) found.set(memory, pathLimit(memory, at));
    return found.get(memory);
  };
}

function remember(kept: Map<string, Kept>, { key, now }: { key: string; now: number }, find: () => number): number {
  const known = kept.get(key);
  if (known !== undefined && known.until > now) return known.limit;
  if (kept.size >= MAX_ENTRIES) kept.clear();
  const limit = find();
  kept.set(key, { until: now + KEEP, limit });
  return limit;
}

/** `max`, v1's "unlimited" (near 2^63) and anything unreadable are no limit. */
function parseLimit(text: string | undefined): number {
  const match = text === undefined ? null : /^(\d{1,18})\n?$/.exec(text);
  return match ? Number(match[1]) : Number.POSITIVE_INFINITY;
}
