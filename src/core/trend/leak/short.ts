import type { SeriesView } from '../../types.ts';
import { createPoints, type Points } from '../points.ts';
import { type Slope, theilSen } from '../slope.ts';

/** A window is cut into so many parts, each of which must be as long as a cycle of work. Of numbers that mean nothing 1 in 40,320 rises so often. */
export const PARTS = 8;

/** What a short run shows: the least of each part of the window is what its cycles left behind. */
export interface ShortRun {
  /** What was left after the last part more than after the first, and what was then; bytes. */
  readonly grown: number;
  readonly level: number;
  /** How much more the weakest part left than the one before it; bytes, below 0 where it left less. */
  readonly weakest: number;
  /** How many parts left more than the one before them, of `PARTS` - 1. */
  readonly rising: number;
  /** Bytes a second, with an interval. */
  readonly rate: Slope;
  /** What says that it is no leak; undefined when nothing does. */
  readonly stopped: ShortGuard | undefined;
}

/** What is asked, in this order. */
export type ShortGuard = 'size' | 'weakest' | 'even' | 'steady' | 'private';

/** It must have grown by this share of what was there. */
const LEAST_SHARE = 0.01;
/** The weakest part must have this share of the mean. */
const WEAKEST = 0.2;
/** No part may have more than this share of all. */
const GREATEST = 0.35;
/** The second half must have this share of the first: a cache that fills, and a warm-up, slow down. */
const SECOND_HALF = 0.7;
/** Private memory must have grown by this share. */
const CONFIRMED = 0.5;

const points: Points = createPoints();

/**
 * Judges the least that was held in each part of a window (ms) that ends now: where work comes in cycles, memory that every
 * cycle leaves behind shows in minutes, long before a trend over hours does. The weakest cycle decides: what one of them
 * gives back is no leak. `deviate` is the confidence of the rate in standard deviations. Undefined when too little was seen.
 */
export function judgeShortRun(
  series: SeriesView,
  { now, window, least, deviate }: { now: number; window: number; least: number; deviate: number },
): ShortRun | undefined {
  const floors = floorsOf(series, { now, window, figure: 'value' });
  const own = floorsOf(series, { now, window, figure: 'guard' });
  if (floors === undefined || own === undefined) return undefined;
  const steps = stepsOf(floors);
  const level = floors[0] ?? 0;
  const grown = (floors.at(-1) ?? 0) - level;
  points.length = PARTS;
  points.times.set(floors.map((_, part) => ((part - PARTS + 1) * window) / PARTS / 1000));
  points.values.set(floors);
  const run = {
    grown,
    level,
    weakest: Math.min(...steps),
    rising: steps.filter((step) => step > 0).length,
    rate: theilSen(points, deviate),
  };
  const ownGrown = (own.at(-1) ?? 0) - (own[0] ?? 0);
  return { ...run, stopped: guardOf(steps, { grown, ownGrown, least: Math.max(least, LEAST_SHARE * level) }) };
}

function guardOf(
  steps: readonly number[],
  { grown, ownGrown, least }: { grown: number; ownGrown: number; least: number },
): ShortGuard | undefined {
  const mean = grown / steps.length;
  const half = steps.length >> 1;
  const sum = (some: readonly number[]): number => some.reduce((all, step) => all + step, 0);
  if (!(grown >= least)) return 'size';
  if (steps.some((step) => step < WEAKEST * mean)) return 'weakest';
  if (steps.some((step) => step > GREATEST * grown)) return 'even';
  if (sum(steps.slice(-half)) < SECOND_HALF * sum(steps.slice(0, half))) return 'steady';
  return ownGrown >= CONFIRMED * grown ? undefined : 'private';
}

/** The least of each part; undefined where a part was not seen, or the figure is not known in one. */
function floorsOf(
  series: SeriesView,
  { now, window, figure }: { now: number; window: number; figure: 'value' | 'guard' },
): number[] | undefined {
  const floors = new Array<number>(PARTS).fill(Number.POSITIVE_INFINITY);
  for (let index = 0; index < series.length; index += 1) {
    const part = PARTS - 1 - Math.floor(((now - series.at(index)) / window) * PARTS);
    const value = series[figure](index);
    if (part >= 0 && value < (floors[part] ?? 0)) floors[part] = value;
  }
  return floors.every(Number.isFinite) ? floors : undefined;
}

function stepsOf(floors: readonly number[]): number[] {
  return floors.slice(1).map((floor, index) => floor - (floors[index] ?? 0));
}
