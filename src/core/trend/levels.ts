import {
  CREW,
  FLOOR,
  greatest,
  LevelRing,
  least,
  mixed,
  OWN,
  PEAK,
  RESIDENT,
  RING,
  type SavedRing,
  SIGHTED,
  WORK,
} from './level-ring.ts';

/** Length of the finest buckets unless told otherwise, ms: 512 make a day, so that on every level the same hour of two days can be compared. */
export const FINEST = 168_750;

/** Buckets of one level are so many times as long as those of the level below. */
export const FACTOR = 4;

/** Levels: buckets of 2m48s, 11m15s, 45m, 3h and 12h. */
export const LEVELS = 5;

/** Buckets of the coarsest level: 20 days. */
const COARSEST = 40;

/** How far back a history with finest buckets of `width` ms goes, ms. */
export function reachOf(width: number): number {
  return COARSEST * FACTOR ** (LEVELS - 1) * width;
}

/** What is seen of a target at one moment; bytes, but for `work` and `crew`. NaN where it is not known. */
export interface Sight {
  /** What it holds: the figure that is judged. */
  held: number;
  /** Private memory, and resident memory, swap added: what confirms that `held` was not merely shared out anew. */
  own: number;
  resident: number;
  /** How much it has to do: CPU time per time; threads, or processes of a group. */
  work: number;
  crew: number;
}

/**
 * The history of one target over minutes and over weeks in less than 10 KiB: rings of buckets, each level four times as
 * coarse as the one below. A bucket keeps the least that was held in it (what a collector left over), the greatest, the
 * least of the two that confirm it and the middle of the load. A class, as it holds buffers and is on the hot path: a
 * sight costs some comparisons, the end of a bucket a few dozen.
 */
export class Levels {
  /** Length of the finest buckets, ms. */
  readonly width: number;
  readonly rings: readonly LevelRing[];
  /** Buckets are counted from this uptime, ms: when the target started, so that not all of them end a bucket at the same time. */
  #phase: number;
  /** The bucket that is being filled, counted from the phase; -1 before the first. */
  #open = -1;
  #count = 0;
  /** Numbers, not a typed array: there is one for each target, and a header of 100 bytes would be most of it. */
  readonly #row: number[] = [Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN];
  #newest = -1;

  constructor(width: number = FINEST, phase: number = 0) {
    this.width = width;
    this.#phase = phase;
    this.rings = Array.from(
      { length: LEVELS },
      (_, level) => new LevelRing(FACTOR ** level, level < LEVELS - 1 ? RING : COARSEST),
    );
  }

  /** The newest of the finest buckets that is complete, counted from the phase; -1 when there is none. */
  get newest(): number {
    return this.#newest;
  }

  /** The uptime at which the first of the finest buckets begins, ms. */
  get phase(): number {
    return this.#phase;
  }

  /** The uptime at which the oldest bucket begins of which anything is kept, ms; undefined when there is none. */
  get since(): number | undefined {
    const begun = this.rings.flatMap(({ newest, oldest, span }) => (newest === undefined ? [] : [oldest * span]));
    const first = begun.length > 0 ? Math.min(...begun) : this.#count > 0 ? this.#open : undefined;
    return first === undefined ? undefined : this.#phase + first * this.width;
  }

  /** What was kept of the newest complete bucket, bytes; NaN when there is none. */
  get latest(): number {
    return this.rings[0]?.at(this.newest, FLOOR) ?? Number.NaN;
  }

  /** Adds a sight at an uptime, ms. One before the last bucket is left out. */
  push(at: number, sight: Readonly<Sight>): void {
    const bucket = Math.floor((at - this.#phase) / this.width);
    if (bucket < this.#open) return;
    if (bucket > this.#open) {
      this.#close();
      this.#open = bucket;
    }
    this.#merge(sight);
  }

  /** Forgets everything: what comes is another life, which began at the uptime `phase`. */
  clear(phase: number): void {
    this.#phase = phase;
    for (const ring of this.rings) ring.clear();
    this.#open = -1;
    this.#count = 0;
    this.#newest = -1;
  }

  /** Plain data, from which `restore` makes the same again. */
  save(): SavedLevels {
    return {
      width: this.width,
      phase: this.#phase,
      rings: this.rings.map((ring) => ring.save()),
      open: this.#saveOpen(),
    };
  }

  /** Takes over what was saved; false, and nothing is changed, when it is of another width or shape. */
  restore(saved: SavedLevels): boolean {
    if (saved.width !== this.width || saved.rings.length !== LEVELS) return false;
    if (!saved.rings.every((ring, level) => this.rings[level]?.fits(ring))) return false;
    this.clear(saved.phase);
    for (const [level, ring] of saved.rings.entries()) this.rings[level]?.restore(ring);
    this.#newest = this.rings[0]?.newest ?? -1;
    this.#open = saved.open?.bucket ?? this.#newest;
    this.#count = saved.open?.count ?? 0;
    for (let column = 0; column < SIGHTED; column += 1) this.#row[column] = saved.open?.row[column] ?? Number.NaN;
    return true;
  }

  #saveOpen(): SavedLevels['open'] {
    if (this.#count === 0) return null;
    const row = this.#row.map((figure) => (Number.isNaN(figure) ? null : figure));
    return { bucket: this.#open, count: this.#count, row };
  }

  #merge({ held, own, resident, work, crew }: Readonly<Sight>): void {
    const row = this.#row;
    this.#count += 1;
    if (this.#count === 1) for (let column = 0; column < SIGHTED; column += 1) row[column] = Number.NaN;
    const share = 1 / this.#count;
    row[FLOOR] = least(row[FLOOR], held);
    row[PEAK] = greatest(row[PEAK], held);
    row[OWN] = least(row[OWN], own);
    row[RESIDENT] = least(row[RESIDENT], resident);
    row[WORK] = mixed(row[WORK], work, share);
    row[CREW] = mixed(row[CREW], crew, share);
  }

  #close(): void {
    if (this.#count === 0) return;
    for (const ring of this.rings) ring.merge(this.#open, this.#row);
    this.#newest = this.#open;
    this.#count = 0;
  }
}

/** `Levels` as plain data. */
export interface SavedLevels {
  readonly width: number;
  readonly phase: number;
  readonly rings: readonly SavedRing[];
  /** The bucket that is being filled, and of how many sights. */
  readonly open: { readonly bucket: number; readonly count: number; readonly row: readonly (number | null)[] } | null;
}
