import type { Cgroup } from './cgroup.ts';
import { readText } from './files.ts';

const KEEP = 30_000;
const MAX_ENTRIES = 10_000;

/** Finds the memory ceiling of a cgroup, in bytes; undefined where nothing below the host's memory limits it. */
export type CeilingLookup = (memory: Cgroup['memory'], at: { now: number; total: number }) => number | undefined;

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

  const pathLimit = ({ path, version }: Cgroup['memory'], now: number) =>
    remember(paths[version], { key: path, now }, () => {
      const parts = path.split('/').filter((part) => part !== '');
      // A path outside of our cgroup namespace begins with "..": its files are not ours to see.
      if (parts.includes('..')) return Number.POSITIVE_INFINITY;
      const top = version === 1 ? `${root}/memory` : root;
      const all = [top, ...parts.map((_, i) => `${top}/${parts.slice(0, i + 1).join('/')}`)];
      return Math.min(...all.map((folder) => folderLimit({ folder, version }, now)));
    });

  return (memory, { now, total }) => {
    const lowest = pathLimit(memory, now);
    return lowest < total ? lowest : undefined;
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
