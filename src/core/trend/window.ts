import type { SeriesView } from '../types.ts';

/** Share of the window that must have been seen. */
const SEEN = 0.9;

/** Longest stretch without a point, as a share of the window: five points are the fewest, and they may be a little late. */
const LONGEST_GAP = 0.3;

/** Fewest points of which a trend is told. */
export const FEWEST_POINTS = 5;

/** Whether a series of which that was true, and that has not changed since, still tells of the whole window. */
export function stillCovers(series: SeriesView, window: number, now: number): boolean {
  return now - series.at(series.length - 1) <= LONGEST_GAP * window;
}

/** Whether a series tells of the whole window (ms) that ends at `now` (uptime, ms): nearly all of it seen, and without a long gap. */
export function coversWindow(series: SeriesView, window: number, now: number): boolean {
  if (series.length < FEWEST_POINTS || now - series.at(0) < SEEN * window) return false;
  let before = series.at(0);
  for (let index = 1; index < series.length; index += 1) {
    const at = series.at(index);
    if (at - before > LONGEST_GAP * window) return false;
    before = at;
  }
  return now - before <= LONGEST_GAP * window;
}
