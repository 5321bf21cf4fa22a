import { regress, straighten, unbend } from './fit.ts';
import type { Stretch } from './stretch.ts';

/** The same hours of two days must be alike to this share of what a parabola leaves of them. */
const ALIKE = 0.5;

/** Of a second day that has only begun, to this share of what a line leaves, and with about the same swing. */
const ALIKE_IN_PART = 0.7;
const SAME_SWING = 0.6;

/** All hours but two must have this share of the mean growth. */
const LEAST_HOUR = 0.4;
const HOURS_LEFT_OUT = 2;

/** The second half must have this share of the first: of a day, and of a day that has only begun, since a cache that fills slows down little in so short a time. */
const LEAST_SECOND_HALF = 0.75;
const LEAST_SECOND_HALF_IN_PART = 0.9;

/** A step of this share of the growth is a step, not the morning. */
const GREATEST_STEP = 0.6;

/**
 * By how much more is held than at the same hours a day before, bytes, in a stretch of a day and a part of the next, or
 * of two, the second of which is the first one again, only higher, at all hours and no less towards the end. Undefined
 * where that is not so. It sees a leak that is smaller than the daily swing two days before it shows in the nights.
 */
export function dailyGrowth(stretch: Stretch): number | undefined {
  const { floor, length } = stretch;
  if (!isAlike(stretch)) return undefined;
  const growth = differences(stretch, floor);
  const grown = meanOf(growth);
  const hours = growth.slice().sort();
  if (!((hours[HOURS_LEFT_OUT] ?? 0) >= LEAST_HOUR * grown)) return undefined;
  const half = growth.length >> 1;
  const least = isWhole(stretch) ? LEAST_SECOND_HALF : LEAST_SECOND_HALF_IN_PART;
  if (meanOf(growth.subarray(half)) < least * meanOf(growth.subarray(0, half))) return undefined;
  for (let index = 1; index < length; index += 1) {
    if ((floor[index] ?? 0) - (floor[index - 1] ?? 0) > GREATEST_STEP * grown) return undefined;
  }
  return grown;
}

/** By how much a figure is greater on the second day than at the same hours of the first, on average. */
export function dailyMean(stretch: Stretch, values: Float64Array): number {
  return meanOf(differences(stretch, values));
}

/** By which share the load is greater on the second day than at the same hours of the first; NaN where it is not known. */
export function dailyLoad(stretch: Stretch): number {
  return dailyMean(stretch, stretch.work) / meanOf(stretch.work.subarray(0, stretch.length - dayOf(stretch)));
}

/** Whether the hours of the second day go as those of the first. Half a day goes up or down, which a parabola would take away. */
function isAlike(stretch: Stretch): boolean {
  const { floor, length } = stretch;
  const day = dayOf(stretch);
  const count = length - day;
  const bare = isWhole(stretch) ? unbend : straighten;
  const { slope, share } = regress(bare(floor.subarray(day, length), count), bare(floor, count));
  if (isWhole(stretch)) return slope > 0 && share >= ALIKE;
  return slope >= SAME_SWING && slope <= 1 / SAME_SWING && share >= ALIKE_IN_PART;
}

/** Buckets of a day. */
function dayOf({ hours }: Stretch): number {
  return Math.round(24 / hours);
}

function isWhole(stretch: Stretch): boolean {
  return stretch.length === 2 * dayOf(stretch);
}

function differences(stretch: Stretch, values: Float64Array): Float64Array {
  const day = dayOf(stretch);
  return Float64Array.from(
    { length: stretch.length - day },
    (_, index) => (values[index + day] ?? 0) - (values[index] ?? 0),
  );
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
