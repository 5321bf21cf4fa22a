import { regress, unbend } from './fit.ts';
import type { Stretch } from './stretch.ts';

/** The same hours of two days must be alike to this share of what a parabola leaves of them. */
const ALIKE = 0.5;

/** All hours but two must have this share of the mean growth; the second half of the day this share of the first. */
const LEAST_HOUR = 0.4;
const HOURS_LEFT_OUT = 2;
const LEAST_SECOND_HALF = 0.75;

/** A step of this share of the growth is a step, not the morning. */
const GREATEST_STEP = 0.6;

/**
 * By how much more is held than at the same hours a day before, bytes, in a stretch of just two days of which the second
 * is the first one again, only higher, at all hours and no less towards the end. Undefined where that is not so. It sees
 * a leak that is smaller than the daily swing two days before it shows in the nights.
 */
export function dailyGrowth(stretch: Stretch): number | undefined {
  const { floor, length } = stretch;
  const day = length / 2;
  const alike = regress(unbend(floor.subarray(day, length), day), unbend(floor, day));
  if (!(alike.slope > 0 && alike.share >= ALIKE)) return undefined;
  const growth = differences(stretch, floor);
  const grown = meanOf(growth);
  const hours = growth.slice().sort();
  if (!((hours[HOURS_LEFT_OUT] ?? 0) >= LEAST_HOUR * grown)) return undefined;
  const half = day >> 1;
  if (meanOf(growth.subarray(half)) < LEAST_SECOND_HALF * meanOf(growth.subarray(0, half))) return undefined;
  for (let index = 1; index < length; index += 1) {
    if ((floor[index] ?? 0) - (floor[index - 1] ?? 0) > GREATEST_STEP * grown) return undefined;
  }
  return grown;
}

/** By how much a figure is greater on the second day than at the same hours of the first, on average. */
export function dailyMean(stretch: Stretch, values: Float64Array): number {
  return meanOf(differences(stretch, values));
}

function differences({ length }: Stretch, values: Float64Array): Float64Array {
  const day = length / 2;
  return Float64Array.from({ length: day }, (_, index) => (values[index + day] ?? 0) - (values[index] ?? 0));
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
