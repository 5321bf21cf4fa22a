/**
 * Adds up the figures of smaps_rollup, or of smaps, which holds the same lines once per mapping (proc_pid_smaps(5)).
 * Hot path: walks the bytes once, with no string made.
 */

const NAMES = [
  'Rss',
  'Pss',
  'Pss_Anon',
  'Pss_File',
  'Pss_Shmem',
  'Shared_Dirty',
  'Private_Clean',
  'Private_Dirty',
  'Private_Hugetlb',
  'SwapPss',
  'Anonymous',
] as const;

/** Position of each figure in the sums; all in kB. */
export const SUM = {
  rss: 0,
  pss: 1,
  pssAnon: 2,
  pssFile: 3,
  pssShmem: 4,
  sharedDirty: 5,
  privateClean: 6,
  privateDirty: 7,
  privateHugetlb: 8,
  swapPss: 9,
  anonymous: 10,
} as const;

/** How many figures are kept. */
export const SUMS: number = NAMES.length;

const COLON = 58;
const NEWLINE = 10;
const LONGEST = 15;
const TOO_BIG = 1e13;

/** Name of a figure as one number: cheaper than a string for each line. That no two of the kernel's names share one is tested. */
export function nameHash(name: string): number {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (hash * 31 + name.charCodeAt(i)) | 0;
  return hash;
}

const SLOTS: ReadonlyMap<number, number> = new Map(NAMES.map((name, slot) => [nameHash(name), slot]));

/**
 * Adds every whole line of `text[0..end)` to `sums` and marks what was met in the bits of `seen[0]`.
 * @returns how many bytes were used: what follows is the beginning of a line.
 */
export function addLines(text: Uint8Array, end: number, into: { sums: Float64Array; seen: Uint32Array }): number {
  let used = 0;
  while (used < end) {
    let at = used;
    let hash = 0;
    let byte = text[at] ?? NEWLINE;
    const limit = Math.min(end, at + LONGEST + 1);
    while (at < limit && byte !== COLON && byte !== NEWLINE) {
      hash = (hash * 31 + byte) | 0;
      byte = text[++at] ?? NEWLINE;
    }
    const slot = at < limit && byte === COLON ? SLOTS.get(hash) : undefined;
    let value = 0;
    let digits = 0;
    while (at < end && byte !== NEWLINE) {
      byte = text[++at] ?? NEWLINE;
      if (byte >= 48 && byte <= 57) {
        value = value * 10 + byte - 48;
        digits++;
      }
    }
    if (at >= end) return used;
    if (slot !== undefined && digits > 0 && value < TOO_BIG) {
      into.sums[slot] = (into.sums[slot] ?? 0) + value;
      into.seen[0] = (into.seen[0] ?? 0) | (1 << slot);
    }
    used = at + 1;
  }
  return used;
}
