import { varianceInflation } from './autocorrelation.ts';
import { detrend, MOST_POINTS, middleOf, type Points } from './points.ts';

/** A rate of change, units a second, with its confidence interval; infinite ends where the points are too few for one. */
export interface Slope {
  readonly slope: number;
  readonly low: number;
  readonly high: number;
}

/** From so many points on a series that rises (or falls) from each point to every later one counts as certain, however smooth it is. */
const SURE_POINTS = 10;

/**
 * The median of the slopes of all pairs of points (Theil 1950, Sen 1968): up to 29 % of the points may be wild. The
 * interval's ends are those pair slopes at which Kendall's score would be `deviate` standard deviations from 0 (Sen
 * 1968), these being widened for autocorrelated noise.
 */
export function theilSen(points: Points, deviate: number): Slope {
  const slopes = pairSlopes(points);
  const slope = middleOf(slopes);
  const rank = lowerRank(points.length, deviate * Math.sqrt(varianceInflation(points, slope)));
  const sure = rank < 1 && points.length >= SURE_POINTS ? 1 : rank;
  return {
    slope,
    low: slopes[sure - 1] ?? Number.NEGATIVE_INFINITY,
    high: slopes[slopes.length - sure] ?? Number.POSITIVE_INFINITY,
  };
}

/** Filled anew for every target. */
const levels = new Float64Array(MOST_POINTS);

/**
 * Whether the interval's lower end may lie above `limit` at all, were the noise independent. Hot: asked of every target
 * at every snapshot; it needs no slopes, and gives up as soon as too many pairs rise too slowly.
 */
export function mayExceed(points: Points, limit: number, deviate: number): boolean {
  detrend(points, limit, levels);
  let allowed = Math.max(lowerRank(points.length, deviate), points.length >= SURE_POINTS ? 1 : 0) - 1;
  for (let later = points.length - 1; later > 0 && allowed >= 0; later -= 1) allowed -= notBelow(later);
  return allowed >= 0;
}

/** How many points an interval with this deviate needs at the least. */
export function fewestPoints(deviate: number): number {
  let count = 2;
  while (lowerRank(count, deviate) < 1) count += 1;
  return count;
}

/** Which of the sorted pair slopes, from 1, is the lower end; below 1 there is none. */
function lowerRank(count: number, deviate: number): number {
  const pairs = (count * (count - 1)) / 2;
  const deviation = Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18);
  return Math.floor((pairs - deviate * deviation) / 2);
}

/** How many of the levels before `later` are not below that one. */
function notBelow(later: number): number {
  const level = levels[later] ?? 0;
  let count = 0;
  for (let earlier = 0; earlier < later; earlier += 1) if ((levels[earlier] ?? 0) >= level) count += 1;
  return count;
}

/** The slopes of all pairs, sorted. */
function pairSlopes({ length, times, values }: Points): Float64Array {
  const slopes = new Float64Array((length * (length - 1)) / 2);
  let count = 0;
  for (let later = 1; later < length; later += 1) {
    for (let earlier = 0; earlier < later; earlier += 1) {
      const time = (times[later] ?? 0) - (times[earlier] ?? 0);
      if (time <= 0) continue;
      slopes[count] = ((values[later] ?? 0) - (values[earlier] ?? 0)) / time;
      count += 1;
    }
  }
  return slopes.subarray(0, count).sort();
}
