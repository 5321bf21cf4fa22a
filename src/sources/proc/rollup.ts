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
const ZERO = 48;
/** kB that no process can have: 52 bits of addresses. */
const TOO_BIG = 2 ** 42;

/** Name of a figure as one number: cheaper than a string for each line. That no two of the kernel's names share one is tested. */
export function nameHash(name: string): number {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (hash * 31 + name.charCodeAt(i)) | 0;
  return hash;
}

const SLOTS: ReadonlyMap<number, number> = new Map(NAMES.map((name, slot) => [nameHash(name), slot]));

/** Where figures are added up; `seen[0]` has a bit for each that was met. */
export interface Sums {
  readonly sums: Float64Array;
  readonly seen: Uint32Array;
}

/**
 * Adds every whole line of `text[0..end)`.
 * @returns how many bytes were used: what follows is the beginning of a line.
 */
export function addLines(text: Uint8Array, end: number, into: Sums): number {
  let used = 0;
  while (used < end) {
    let at = used;
    let hash = 0;
    for (; at < end && text[at] !== COLON && text[at] !== NEWLINE; at++) hash = (hash * 31 + (text[at] ?? 0)) | 0;
    const begin = at;
    while (at < end && text[at] !== NEWLINE) at++;
    if (at === end) break;
    const slot = SLOTS.get(hash);
    if (slot !== undefined) addFigure(text, { begin, end: at, slot }, into);
    used = at + 1;
  }
  return used;
}

/** Adds the digits after the colon to their sum. */
function addFigure(text: Uint8Array, line: { begin: number; end: number; slot: number }, { sums, seen }: Sums): void {
  let value = -1;
  for (let at = line.begin + 1; at < line.end; at++) {
    const digit = (text[at] ?? 0) - ZERO;
    if (digit >= 0 && digit <= 9) value = Math.max(0, value) * 10 + digit;
    else if (value >= 0) break;
  }
  if (value < 0 || value > TOO_BIG) return;
  sums[line.slot] = (sums[line.slot] ?? 0) + value;
  seen[0] = (seen[0] ?? 0) | (1 << line.slot);
}
