import { CREW, FLOOR, OWN, RESIDENT, RING, SEEN, WORK } from '../level-ring.ts';
import { FACTOR, type Levels } from '../levels.ts';

/** Buckets that a window may have: enough to tell its shape. The next level begins where this one ends. */
const COUNTS = [24, 32, 40, 44, 48, 64] as const;

/** Windows of so many hours have a whole day as their tail: what is held by day is given back by night. */
export const DAYS_FROM = 64;

/** Share of a window that is its tail: too new to know what of it will be given back. */
const TAIL = 0.25;

/** Share of the buckets that may be missing. */
const MISSING = 0.25;

const HOUR = 3_600_000;

/** One window that can be looked at: so many buckets of a level. */
export interface Window {
  readonly level: number;
  readonly length: number;
  readonly hours: number;
}

/** A stretch of history that ends now, as buckets of one level, oldest first. Filled anew for each window: valid until the next one. */
export interface Stretch {
  length: number;
  /** Index of the last bucket before the tail. */
  end: number;
  /** Length of a bucket, hours. */
  hours: number;
  readonly floor: Float64Array;
  /** What was never given back since: the least of this bucket and of all later ones. */
  readonly kept: Float64Array;
  readonly own: Float64Array;
  readonly resident: Float64Array;
  readonly work: Float64Array;
  readonly crew: Float64Array;
}

/** An empty buffer, to be filled again and again. */
export function createStretch(): Stretch {
  const column = (): Float64Array => new Float64Array(RING);
  return {
    length: 0,
    end: 0,
    hours: 0,
    floor: column(),
    kept: column(),
    own: column(),
    resident: column(),
    work: column(),
    crew: column(),
  };
}

/** All windows of histories with buckets of `width` ms, shortest first: each about a third longer than the one before. */
export function windowsOf(width: number, levels: number): readonly Window[] {
  return Array.from({ length: levels }, (_, level) => {
    const bucket = (width * FACTOR ** level) / HOUR;
    return COUNTS.map((length) => ({ level, length, hours: length * bucket }));
  }).flat();
}

/** Fills `stretch` with what was held in the newest buckets of a window. @returns false when history does not reach so far back, or too much of it is missing. */
export function loadStretch(stretch: Stretch, levels: Levels, { level, length, hours }: Window): boolean {
  const ring = levels.rings[level];
  if (ring?.newest === undefined || ring.newest - length + 1 < ring.oldest) return false;
  ring.copy(SEEN, length, scratch);
  let missing = 0;
  // The newest bucket has only begun.
  for (let index = 0; index < length - 1; index += 1) if (!((scratch[index] ?? 0) >= 0.5)) missing += 1;
  if (missing > MISSING * length) return false;
  ring.copy(FLOOR, length, stretch.floor);
  stretch.length = length;
  stretch.hours = hours / length;
  stretch.end = length - 1 - (hours >= DAYS_FROM ? Math.ceil(24 / stretch.hours) : Math.round(length * TAIL));
  keep(stretch.floor, stretch.kept, length);
  return true;
}

/** Adds what confirms it, and the load: few windows come so far that they are asked for. */
export function loadCauses(stretch: Stretch, levels: Levels, { level, length }: Window): void {
  const ring = levels.rings[level];
  ring?.copy(OWN, length, stretch.own);
  ring?.copy(RESIDENT, length, stretch.resident);
  ring?.copy(WORK, length, stretch.work);
  ring?.copy(CREW, length, stretch.crew);
}

const scratch = new Float64Array(RING);

/** Fills `kept` with the least of each value and all later ones; what is not known says nothing. */
export function keep(values: Float64Array, kept: Float64Array, length: number): void {
  let lowest = Number.POSITIVE_INFINITY;
  for (let index = length - 1; index >= 0; index -= 1) {
    const value = values[index] ?? Number.NaN;
    if (value < lowest) lowest = value;
    kept[index] = lowest;
  }
}

/** By how much more of a figure is kept at the end of the stretch than at its beginning, and what was kept there. NaN where it is not known. */
export function keptGrowth({ length, end }: Stretch, values: Float64Array): { grown: number; level: number } {
  keep(values, scratch, length);
  const level = scratch[0] ?? Number.NaN;
  const grown = (scratch[end] ?? Number.NaN) - level;
  return Number.isFinite(grown) ? { grown, level } : { grown: Number.NaN, level: Number.NaN };
}

/** What is kept at a share (0 to 1) of the stretch before its tail. */
export function keptAt({ kept, end }: Stretch, share: number): number {
  return kept[Math.round(end * share)] ?? Number.NaN;
}
