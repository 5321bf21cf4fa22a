/** Columns of a bucket: the least and the greatest held, the least private and resident memory, the mean load, the share of it that was seen. */
export const FLOOR = 0;
export const PEAK = 1;
export const OWN = 2;
export const RESIDENT = 3;
export const WORK = 4;
export const CREW = 5;
export const SEEN = 6;
/** How many columns there are, and how many of them are seen of a target. */
export const COLUMNS = 7;
export const SIGHTED = 6;

/** Buckets of one level; of the coarsest fewer do. */
export const RING = 64;
const FIRST_CAPACITY = 8;

/**
 * One level of a history: the last 64 buckets. Single precision: seven digits of a size are more than its noise leaves.
 * A class, as it holds a buffer, which begins small.
 */
export class LevelRing {
  /** How many of the finest buckets make one of this level. */
  readonly span: number;
  /** The bucket that was merged into last, counted as the caller counts; undefined when there is none. */
  newest: number | undefined;
  readonly #room: number;
  #first = 0;
  #rows: Float32Array = new Float32Array(0);

  constructor(span: number, room: number = RING) {
    this.span = span;
    this.#room = room;
  }

  /** The oldest bucket that may still be there. */
  get oldest(): number {
    return this.newest === undefined ? 0 : Math.max(this.#first, this.newest - this.#room + 1);
  }

  /** True when the next bucket will push the oldest one out, or has done so already. */
  get full(): boolean {
    return this.newest !== undefined && this.newest - this.oldest + 1 === this.#room;
  }

  /** What its buffer takes, bytes. */
  get bytes(): number {
    return this.#rows.byteLength;
  }

  /** A figure of a bucket; NaN where nothing was seen, and outside of the ring. */
  at(bucket: number, column: number): number {
    if (this.newest === undefined || bucket > this.newest || bucket < this.oldest) return Number.NaN;
    return this.#rows[this.#offset(bucket) + column] ?? Number.NaN;
  }

  /** Copies a column of the newest `length` buckets, oldest first; NaN where nothing was seen. Hot. */
  copy(column: number, length: number, target: Float64Array): void {
    const newest = this.newest ?? 0;
    const size = this.#rows.length;
    let from = newest - length + 1 < this.oldest ? -1 : this.#offset(newest - length + 1) + column;
    for (let index = 0; index < length; index += 1) {
      target[index] = (from < 0 ? this.at(newest - length + 1 + index, column) : this.#rows[from]) ?? Number.NaN;
      if (from >= 0) from = from + COLUMNS < size ? from + COLUMNS : column;
    }
  }

  /** Adds one of the finest buckets, in rising order. */
  merge(finest: number, sight: readonly number[]): void {
    const bucket = Math.floor(finest / this.span);
    if (bucket === this.newest) this.#mix(this.#offset(bucket), sight);
    else this.#begin(bucket, sight);
  }

  /** Forgets all buckets; the buffer is kept. */
  clear(): void {
    this.newest = undefined;
  }

  /** Plain data, from which `restore` makes the same again. */
  save(): SavedRing {
    if (this.newest === undefined) return { newest: null, rows: new Float32Array(0) };
    const { oldest, newest } = this;
    const rows = new Float32Array((newest - oldest + 1) * COLUMNS);
    for (let bucket = oldest; bucket <= newest; bucket += 1) {
      const offset = this.#offset(bucket);
      rows.set(this.#rows.subarray(offset, offset + COLUMNS), (bucket - oldest) * COLUMNS);
    }
    return { newest, rows };
  }

  /** Whether saved data can be taken over. */
  fits({ newest, rows }: SavedRing): boolean {
    if (newest === null) return rows.length === 0;
    const count = rows.length / COLUMNS;
    return (
      Number.isInteger(newest) && Number.isInteger(count) && count >= 1 && count <= Math.min(this.#room, newest + 1)
    );
  }

  /** Takes over what was saved. */
  restore({ newest, rows }: SavedRing): void {
    this.clear();
    if (newest === null) return;
    const count = rows.length / COLUMNS;
    this.#first = newest - count + 1;
    for (let bucket = this.#first; bucket <= newest; bucket += 1) {
      this.#makeRoom(bucket);
      this.newest = bucket;
      const from = (bucket - this.#first) * COLUMNS;
      this.#rows.set(rows.subarray(from, from + COLUMNS), this.#offset(bucket));
    }
  }

  #begin(bucket: number, sight: readonly number[]): void {
    if (this.newest === undefined) this.#first = bucket;
    const from = Math.max(this.newest === undefined ? bucket : this.newest + 1, bucket - this.#room + 1);
    for (let next = from; next <= bucket; next += 1) {
      this.#makeRoom(next);
      this.newest = next;
      const offset = this.#offset(next);
      this.#rows.fill(Number.NaN, offset, offset + COLUMNS);
    }
    const offset = this.#offset(bucket);
    this.#rows.set(sight, offset);
    this.#rows[offset + SEEN] = 1 / this.span;
  }

  #mix(offset: number, sight: readonly number[]): void {
    const rows = this.#rows;
    const seen = (rows[offset + SEEN] ?? 0) + 1 / this.span;
    const share = 1 / (this.span * seen);
    rows[offset + FLOOR] = least(rows[offset + FLOOR], sight[FLOOR]);
    rows[offset + PEAK] = greatest(rows[offset + PEAK], sight[PEAK]);
    rows[offset + OWN] = least(rows[offset + OWN], sight[OWN]);
    rows[offset + RESIDENT] = least(rows[offset + RESIDENT], sight[RESIDENT]);
    rows[offset + WORK] = mixed(rows[offset + WORK], sight[WORK], share);
    rows[offset + CREW] = mixed(rows[offset + CREW], sight[CREW], share);
    rows[offset + SEEN] = seen;
  }

  /** The buffer grows to what is needed for a bucket. */
  #makeRoom(bucket: number): void {
    const capacity = this.#rows.length / COLUMNS;
    const needed = bucket - this.#first + 1;
    if (needed <= capacity || capacity === this.#room) return;
    const rows = new Float32Array(Math.min(this.#room, Math.max(FIRST_CAPACITY, capacity * 2, needed)) * COLUMNS);
    if (this.newest !== undefined) rows.set(this.#rows);
    this.#rows = rows;
  }

  /** Counted from the first bucket, so that a small buffer serves as long as the ring is not full. */
  #offset(bucket: number): number {
    return ((bucket - this.#first) % (this.#rows.length / COLUMNS)) * COLUMNS;
  }
}

/** `LevelRing` as plain data. */
export interface SavedRing {
  readonly newest: number | null;
  /** The buckets one after the other, oldest first. */
  readonly rows: Float32Array;
}

/** The lesser of two; the one that is known when the other is not. */
export function least(one: number = Number.NaN, other: number = Number.NaN): number {
  return other < one || Number.isNaN(one) ? other : one;
}

/** The greater of two; the one that is known when the other is not. */
export function greatest(one: number = Number.NaN, other: number = Number.NaN): number {
  return other > one || Number.isNaN(one) ? other : one;
}

/** The mean of what came before and of another one that has a `share` in it; the one that is known when the other is not. */
export function mixed(before: number = Number.NaN, other: number = Number.NaN, share: number = 0): number {
  if (Number.isNaN(before)) return other;
  return Number.isNaN(other) ? before : before + share * (other - before);
}
