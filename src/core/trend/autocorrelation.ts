import { detrend, type Points } from './points.ts';

/** Fewer residuals than this say nothing of how they hang together. */
const FEWEST = 10;

/**
 * The most that is believed (a factor of 19). Beyond it lie random walks, and lines with a kink. Up to an autocorrelation
 * of 0.9 the intervals hold the true slope as often as with 0.95 or 0.99, and they are narrower.
 */
const MOST = 0.9;

/**
 * Noise that hangs together leaves few independent points, from which its autocorrelation is hardly known: the interval
 * grows by this share for each point that one of them stands for, of all. With it 86 rather than 83 % of the intervals
 * of 90 % hold the true slope at an autocorrelation of 0.9 (48 points), and independent noise is as it was.
 */
const UNCERTAIN = 1.25;

/**
 * By how much the variance of Kendall's score is greater than for independent noise, 1 or more. The noise is taken for
 * a first-order process: (1 + r) / (1 - r), r being the lag-1 autocorrelation of the ranks of the residuals from the
 * line (Hamed and Rao 1998, with one lag in place of all, which estimates better from 48 points), corrected for the
 * bias that it has in short series with a fitted trend (van Giersbergen 2005; Hamed 2009).
 */
export function varianceInflation(points: Points, slope: number): number {
  const n = points.length;
  if (n < FEWEST) return 1;
  const raw = lagOne(ranksOf(detrend(points, slope)));
  const corrected = Math.min(MOST, (n * raw + 2) / (n - 4));
  const inflation = corrected > 0 ? (1 + corrected) / (1 - corrected) : 1;
  return inflation * (1 + (UNCERTAIN * (inflation - 1)) / n);
}

/** Residuals nearer than this share of the greatest one are equal: the line goes through points, up to rounding. */
const ROUNDING = 1e-12;

/** Ranks 0 to n - 1; equal residuals share their middle rank. */
function ranksOf(residuals: Float64Array): Float64Array {
  const near = ROUNDING * residuals.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  const ranks = new Float64Array(residuals.length);
  for (const [index, own] of residuals.entries()) {
    let place = -1;
    for (const other of residuals) place += other < own - near ? 2 : other <= own + near ? 1 : 0;
    ranks[index] = place / 2;
  }
  return ranks;
}

/** Lag-1 autocorrelation; 0 for a constant. */
function lagOne(ranks: Float64Array): number {
  const mean = (ranks.length - 1) / 2;
  let together = 0;
  let alone = 0;
  for (let index = 0; index < ranks.length; index += 1) {
    const own = (ranks[index] ?? mean) - mean;
    alone += own * own;
    if (index > 0) together += own * ((ranks[index - 1] ?? mean) - mean);
  }
  return alone > 0 ? together / alone : 0;
}
