import type { SeriesView } from '../types.ts';

/** More points than this say no more about a slope; the number of their pairs grows with the square. */
export const MOST_POINTS = 64;

/** A stretch of a series, oldest first. Times are seconds before the end (0 or less), so that sums keep their precision. */
export interface Points {
  length: number;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** An empty buffer, to be filled again and again. */
export function createPoints(): Points {
  return { length: 0, times: new Float64Array(MOST_POINTS), values: new Float64Array(MOST_POINTS) };
}

/** Fills `points` with the newest values, or guards, of a series; those that are not known are left out. */
export function loadPoints(points: Points, series: SeriesView, figure: 'value' | 'guard'): void {
  const end = series.length > 0 ? series.at(series.length - 1) : 0;
  points.length = 0;
  for (let index = Math.max(0, series.length - MOST_POINTS); index < series.length; index += 1) {
    const value = series[figure](index);
    if (Number.isNaN(value)) continue;
    points.times[points.length] = (series.at(index) - end) / 1000;
    points.values[points.length] = value;
    points.length += 1;
  }
}

/** What is left of each value when a line with this slope (units a second) is taken away; `residuals` may be longer than the points are. */
export function detrend(
  { length, times, values }: Points,
  slope: number,
  residuals: Float64Array = new Float64Array(length),
): Float64Array {
  for (let index = 0; index < length; index += 1) residuals[index] = (values[index] ?? 0) - slope * (times[index] ?? 0);
  return residuals;
}

/** The least value; infinite when there are none. */
export function leastValue({ length, values }: Points): number {
  let least = Number.POSITIVE_INFINITY;
  for (let index = 0; index < length; index += 1) least = Math.min(least, values[index] ?? least);
  return least;
}

/** The middle value: half of the points lie at or below it. */
export function medianValue({ length, values }: Points): number {
  return middleOf(values.slice(0, length).sort());
}

/** The middle of sorted numbers; NaN when there are none. */
export function middleOf(sorted: Float64Array): number {
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}
