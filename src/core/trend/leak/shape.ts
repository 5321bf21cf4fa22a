import { fitLine, leftByCurve } from './fit.ts';
import { DAYS_FROM, keptAt, type Stretch } from './stretch.ts';

/** The greatest step may be this share of the growth, and the growth must be worth so many equal steps. */
const GREATEST_STEP = 0.35;
const FEWEST_STEPS = 5;

/** Each quarter must have this share of the growth; each day this share of what it would have of an even one. */
const LEAST_QUARTER = 0.1;
const LEAST_DAY = 0.5;

/** The second half must grow by this share of the first. */
const LEAST_SECOND_HALF = 0.6;

/** What grows steadily must be this share of the growth, whatever settling curve is fitted beside it. */
const LEAST_STEADY = 0.8;

/** Half-lives of settling curves, as shares of the stretch: longer ones can't be told from a line. */
const SETTLING = [0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1, 1.5];

/** Fits that leave so many times as much as the best one are believed too. */
const BELIEVED = 1.5;

/** A perfect line leaves nothing; this share of the growth is rounding. */
const ROUNDING = 1e-3;

/** A logarithm may run from the start of the process, or from so much of its age before it (fragmentation levels off late). */
const HEAD_STARTS = [0, 0.15];

/** Growth in few jumps is a change of what the process does, not a leak. */
export function isEven({ kept, end }: Stretch, grown: number): boolean {
  let greatest = 0;
  let squares = 0;
  for (let index = 1; index <= end; index += 1) {
    const step = (kept[index] ?? 0) - (kept[index - 1] ?? 0);
    greatest = Math.max(greatest, step);
    squares += step * step;
  }
  return greatest <= GREATEST_STEP * grown && grown * grown >= FEWEST_STEPS * squares;
}

/** Whether it grew in every quarter of the window; in a window of days, on every day: within a day it may rise and fall. */
export function isSpread(stretch: Stretch, grown: number): boolean {
  if (stretch.length * stretch.hours >= DAYS_FROM) return growsDaily(stretch, grown);
  for (let quarter = 0; quarter < 4; quarter += 1) {
    const gain = keptAt(stretch, (quarter + 1) / 4) - keptAt(stretch, quarter / 4);
    if (gain < LEAST_QUARTER * grown) return false;
  }
  return true;
}

function growsDaily({ kept, end, hours }: Stretch, grown: number): boolean {
  const day = 24 / hours;
  const share = grown / (end / day);
  for (let from = end - day; from >= 0; from -= day) {
    const gain = (kept[Math.round(from + day)] ?? 0) - (kept[Math.round(from)] ?? 0);
    if (gain < LEAST_DAY * share) return false;
  }
  return true;
}

/** What fills up or warms up grows less in the second half than in the first. */
export function isSteady(stretch: Stretch, grown: number): boolean {
  const middle = keptAt(stretch, 0.5);
  const first = middle - keptAt(stretch, 0);
  return grown - first >= LEAST_SECOND_HALF * first;
}

/**
 * Whether a line fits better than a logarithm of the age, with which fragmentation grows. `age` is that of the process
 * at the end of the stretch, hours.
 */
export function isStraight({ kept, length, end, hours }: Stretch, age: number): boolean {
  const line = fitLine(kept, end + 1).left;
  return HEAD_STARTS.every((share) => {
    const aged = (index: number): number => Math.max(age - (length - 1 - index) * hours, hours / 2);
    return line <= leftByCurve(kept, end + 1, (index) => Math.log(aged(index) + share * age));
  });
}

/**
 * Whether most of the growth goes on for ever even if the process is still settling: beside the line an exponential is
 * fitted with one time constant after the other, and of all fits that are nearly as good as the best one the flattest
 * line counts.
 */
export function outlastsSettling({ kept, end }: Stretch, grown: number): boolean {
  const count = end + 1;
  const fits = [
    fitLine(kept, count),
    ...SETTLING.map((share) => fitLine(kept, count, (index) => -Math.exp(-index / (share * count)))),
  ].filter(({ weight }) => weight >= 0);
  const best = Math.min(...fits.map(({ left }) => left));
  const bound = BELIEVED * best + (ROUNDING * grown) ** 2 * count;
  const flattest = Math.min(...fits.filter(({ left }) => left <= bound).map(({ slope }) => slope));
  return flattest * end >= LEAST_STEADY * grown;
}
