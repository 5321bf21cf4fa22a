import type { SeriesView, SeriesWant } from './types.ts';

/** How many points a series of buckets holds: enough for a robust slope, few enough for every process to have one. */
export const BUCKETS = 48;

const FIRST_CAPACITY = 8;
/** Numbers kept for a point: time, value, guard. */
const STRIDE = 3;

/**
 * A bounded history of one target: a ring of typed numbers that begins small and grows to its bound, 1.2 kB. The window
 * is cut into buckets and each keeps its least value, since memory's floor says what was not given back, while its peaks
 * only say when a collector ran. A class, as it holds buffers and is on the hot path.
 */
export class Series implements SeriesView {
  readonly #want: SeriesWant;
  readonly #width: number;
  readonly #bound: number;
  #points: Float64Array;
  #first = 0;
  #length = 0;
  #bucket = Number.NEGATIVE_INFINITY;
  #phase: number;
  note: unknown;

  /** @param phase an uptime at which a bucket begins, ms: were it the same for all, all would begin one in the same snapshot. */
  constructor(want: SeriesWant, phase = 0) {
    this.#want = want;
    this.#phase = phase;
    const samples = want.keep && 'samples' in want.keep ? want.keep.samples : undefined;
    this.#bound = samples ?? BUCKETS + 1;
    this.#width = samples === undefined ? want.window / BUCKETS : 0;
    this.#points = new Float64Array(Math.min(FIRST_CAPACITY, this.#bound) * STRIDE);
  }

  get length(): number {
    return this.#length;
  }

  at(index: number): number {
    return this.#points[this.#offset(index)] ?? Number.NaN;
  }

  value(index: number): number {
    return this.#points[this.#offset(index) + 1] ?? Number.NaN;
  }

  guard(index: number): number {
    return this.#points[this.#offset(index) + 2] ?? Number.NaN;
  }

  /** Adds a point. A time before the last one is left out: time does not run backwards within one boot. */
  push(at: number, value: number, guard: number): void {
    if (this.#length > 0 && at < this.at(this.#length - 1)) return;
    const bucket = this.#width > 0 ? Math.floor((at - this.#phase) / this.#width) : Number.NaN;
    if (bucket === this.#bucket && this.#length > 0) this.#merge(at, value, guard);
    else this.#append(at, value, guard);
    this.#bucket = bucket;
    if (this.#want.keep === undefined) this.#forget(at - this.#want.window - this.#width);
  }

  /** Forgets everything: the target is another one from now on. */
  clear(): void {
    this.#length = 0;
    this.#bucket = Number.NEGATIVE_INFINITY;
    this.note = undefined;
  }

  /** Plain data, from which `restore` makes the same again. */
  save(): SavedSeries {
    const points = new Float64Array(this.#length * STRIDE);
    for (let index = 0; index < this.#length; index += 1) {
      points.set(this.#points.subarray(this.#offset(index), this.#offset(index) + STRIDE), index * STRIDE);
    }
    return { width: this.#width, phase: this.#phase, bucket: this.#bucket, points };
  }

  /** Takes over what was saved, of the same boot. @returns false, and changes nothing, when it was kept in another way. */
  restore({ width, phase, bucket, points }: SavedSeries): boolean {
    const length = points.length / STRIDE;
    if (width !== this.#width || !Number.isInteger(length) || length > this.#bound) return false;
    this.clear();
    this.#points = new Float64Array(Math.max(Math.min(FIRST_CAPACITY, this.#bound), length) * STRIDE);
    this.#points.set(points);
    this.#first = 0;
    this.#length = length;
    this.#bucket = bucket;
    this.#phase = phase;
    return true;
  }

  #merge(at: number, value: number, guard: number): void {
    const offset = this.#offset(this.#length - 1);
    if (value < (this.#points[offset + 1] ?? value)) {
      this.#points[offset] = at;
      this.#points[offset + 1] = value;
    }
    if (!(guard >= (this.#points[offset + 2] ?? guard))) this.#points[offset + 2] = guard;
  }

  #append(at: number, value: number, guard: number): void {
    const capacity = this.#points.length / STRIDE;
    if (this.#length === capacity) {
      if (capacity < this.#bound) this.#grow(Math.min(capacity * 2, this.#bound));
      else this.#drop();
    }
    this.#length += 1;
    this.note = undefined;
    const offset = this.#offset(this.#length - 1);
    this.#points[offset] = at;
    this.#points[offset + 1] = value;
    this.#points[offset + 2] = guard;
  }

  #grow(capacity: number): void {
    const points = new Float64Array(capacity * STRIDE);
    for (let index = 0; index < this.#length; index += 1) {
      points.set(this.#points.subarray(this.#offset(index), this.#offset(index) + STRIDE), index * STRIDE);
    }
    this.#points = points;
    this.#first = 0;
  }

  #forget(before: number): void {
    while (this.#length > 0 && this.at(0) < before) this.#drop();
  }

  #drop(): void {
    this.#first = (this.#first + 1) % (this.#points.length / STRIDE);
    this.#length -= 1;
    this.note = undefined;
  }

  #offset(index: number): number {
    return ((this.#first + index) % (this.#points.length / STRIDE)) * STRIDE;
  }
}

/** `Series` as plain data. */
export interface SavedSeries {
  readonly width: number;
  readonly phase: number;
  /** The bucket that the newest point is of, counted from the phase. */
  readonly bucket: number;
  /** Time, value and guard of each point, oldest first. */
  readonly points: Float64Array;
}
