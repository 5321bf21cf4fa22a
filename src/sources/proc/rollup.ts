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
const SPACE = 32;
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

/** The kernel writes `Name:`, blanks, the value right-aligned and ` kB`, all in 28 bytes unless the value has more than eight digits. */
const LINE = 28;
const VALUE_END = 24;

/** Where the figures of smaps_rollup stand: the same for all processes of a kernel. */
interface Layout {
  /** Bytes after the first line. */
  readonly size: number;
  /** Slot, line and place of the colon of each figure, one after the other. */
  readonly places: readonly number[];
}

let layout: Layout = { size: -1, places: [] };

/**
 * As addLines, for the whole text of one smaps_rollup. Where every figure stands is learnt from the first text, and only those
 * bytes are looked at from then on: a short run is over before addLines is ever compiled, and would spend half its time in it.
 */
export function addRollup(text: Uint8Array, end: number, into: Sums): number {
  const base = text.indexOf(NEWLINE) + 1;
  if (end - base !== layout.size || !addPlaces(text, base, into)) {
    into.sums.fill(0);
    into.seen[0] = 0;
    layout = learn(text, base, end);
    return addLines(text, end, into);
  }
  return end;
}

function addPlaces(text: Uint8Array, base: number, { sums, seen }: Sums): boolean {
  const { places } = layout;
  let met = 0;
  for (let i = 0; i < places.length; i += 3) {
    const slot = places[i] ?? 0;
    const line = base + (places[i + 1] ?? 0);
    if (text[line + (places[i + 2] ?? 0)] !== COLON || text[line + LINE - 1] !== NEWLINE) return false;
    sums[slot] = valueBefore(text, line + VALUE_END);
    met |= 1 << slot;
  }
  seen[0] = met;
  return true;
}

/** The number that ends before `end`. */
function valueBefore(text: Uint8Array, end: number): number {
  let value = 0;
  let unit = 1;
  for (let at = end - 1; at >= 0; at--) {
    const digit = (text[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) break;
    value += digit * unit;
    unit *= 10;
  }
  return Math.min(value, TOO_BIG);
}

/** @returns a layout that fits no text when the lines are not all of the same length. */
function learn(text: Uint8Array, base: number, end: number): Layout {
  const places: number[] = [];
  for (let line = base; line < end; line += LINE) {
    if (text[line + LINE - 1] !== NEWLINE || text[line + VALUE_END] !== SPACE) return { size: -1, places: [] };
    const colon = text.indexOf(COLON, line);
    const slot = colon < 0 ? undefined : SLOTS.get(hashOf(text, line, colon));
    if (slot !== undefined) places.push(slot, line - base, colon - line);
  }
  return { size: end - base, places };
}

function hashOf(text: Uint8Array, begin: number, end: number): number {
  let hash = 0;
  for (let at = begin; at < end; at++) hash = (hash * 31 + (text[at] ?? 0)) | 0;
  return hash;
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
