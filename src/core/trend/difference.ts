import { studentQuantile } from './student.ts';

/** What is known of the spread of runs (of their logarithms) before any is seen: so much, worth so many runs. No spread is believed to be less than the last. */
const PRIOR_SPREAD = 0.05;
const PRIOR_FREEDOM = 4;
const LEAST_SPREAD = 0.01;

/** By how much the logarithms of two lots of runs differ, and how well that is known: a t distribution round `difference`. */
export interface Difference {
  readonly difference: number;
  /** Its standard error, and the degrees of freedom of that. */
  readonly error: number;
  readonly freedom: number;
}

/**
 * Compares the means of logarithms, of at least one run each. The variance is that of the runs round the mean of their own lot,
 * drawn towards what runs of one build usually differ by, so that two that agree by chance make no one sure.
 */
export function differenceOf(before: readonly number[], after: readonly number[]): Difference {
  const freedom = before.length + after.length - 2 + PRIOR_FREEDOM;
  const squares = squaresOf(before) + squaresOf(after) + PRIOR_FREEDOM * PRIOR_SPREAD ** 2;
  const variance = Math.max(squares / freedom, LEAST_SPREAD ** 2);
  const error = Math.sqrt(variance * (1 / before.length + 1 / after.length));
  return { difference: meanOf(after) - meanOf(before), error, freedom };
}

/** Between which bounds the difference lies. @param confidence that it lies between them, 0 to 1. */
export function intervalOf(
  { difference, error, freedom }: Difference,
  confidence: number,
): { readonly low: number; readonly high: number } {
  const reach = error * studentQuantile(1 - (1 - confidence) / 2, freedom);
  return { low: difference - reach, high: difference + reach };
}

/** The mean of some numbers. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function squaresOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}
