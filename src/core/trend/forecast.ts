import { longestCycle } from './leak/cycles.ts';
import { windowsOf } from './leak/stretch.ts';
import { PEAK, RING, SEEN } from './level-ring.ts';
import type { Levels } from './levels.ts';
import { passage } from './passage.ts';
import { createPoints, middleOf, type Points } from './points.ts';
import { mayExceed, type Slope, theilSen } from './slope.ts';

/** When a level will be reached if things go on as they did. Hours from now; bytes. */
export interface Forecast {
  readonly hours: number;
  /** Ends of the interval; `high` is infinite where it may never be reached. */
  readonly low: number;
  readonly high: number;
  /** Bytes an hour, and the hours of the window that it is taken from. */
  readonly rate: number;
  readonly window: number;
  /** Where the peaks stand now, bytes: they hit the ceiling, not the troughs. */
  readonly level: number;
}

/** The rates of the two halves of a window must be so near to each other. */
const HALVES = 1.67;

/** Share of the buckets that may be missing. */
const MISSING = 0.25;

/** Which of the peaks' distances from the line, sorted, is the line of the peaks: the few above it are the ones that hit first. */
const PEAKS = 0.8;

/** What was given back must be this share of the growth to make a cycle; a climb of it says nothing of the time beyond this share of the cycle. */
const TOOTH = 0.5;
const CYCLE_AHEAD = 0.15;

/** The rate of the past is the rate to come but for this share, times the square root of how many windows ahead that is. */
const DRIFT = 0.18;

/**
 * Forecasts when the peaks of what is held reach `ceiling`, bytes: from the shortest window over which it grew at one
 * rate, and that is not shorter than the time that is left (how it grew in an hour says nothing of next week); else from
 * the longest. `deviate` is the confidence of the interval in standard deviations. Undefined where it does not grow so.
 */
export function forecast(levels: Levels, ceiling: number, deviate: number): Forecast | undefined {
  const made: Forecast[] = [];
  for (const { level, length, hours } of windowsOf(levels.width, levels.rings.length)) {
    const one = load(levels, level, length) ? fromWindow({ ceiling, hours, buckets: length, deviate }) : undefined;
    if (one === undefined || isTooth(levels, level, one)) continue;
    // What a shorter window says of a time beyond itself is forgotten.
    const [first] = made;
    if (first !== undefined && first.hours > first.window) made.length = 0;
    made.push(one);
    if (made.length === TOGETHER) break;
  }
  return meanOf(made);
}

/** Whether it is the climb of a cycle that will end before that: more was taken and given back, over a longer time, than the window is. */
function isTooth(levels: Levels, level: number, { window, hours, rate }: Forecast): boolean {
  const cycle = longestCycle(levels, level, TOOTH * rate * window);
  return window < cycle && hours > CYCLE_AHEAD * cycle;
}

/** What a forecast is made for: bytes; hours and buckets of the window; standard deviations. */
interface Ahead {
  readonly ceiling: number;
  readonly hours: number;
  readonly buckets: number;
  readonly deviate: number;
}

function fromWindow(to: Ahead): Forecast | undefined {
  if (!mayExceed(points, 0, to.deviate)) return undefined;
  const slope = theilSen(points, to.deviate);
  return slope.low > 0 && halvesAgree() ? extend(slope, to) : undefined;
}

/** So many windows are asked together: each of them alone depends on where it begins. */
const TOGETHER = 4;

/** The forecast of the first of them at the mean time (by its logarithm), with the interval of that one stretched along. */
function meanOf(made: readonly Forecast[]): Forecast | undefined {
  const [first] = made;
  if (first === undefined || made.some(({ hours }) => hours === 0)) return first;
  const mean = Math.exp(made.reduce((sum, { hours }) => sum + Math.log(hours), 0) / made.length);
  const stretched = mean / first.hours;
  return { ...first, hours: mean, low: first.low * stretched, high: first.high * stretched };
}

/** Filled anew for every window. */
const points: Points = createPoints();
const half: Points = createPoints();

/** Fills the points with the peaks of the newest complete buckets of a level, times in seconds. @returns false when too few were seen. */
function load(levels: Levels, level: number, length: number): boolean {
  const ring = levels.rings[level];
  if (ring?.newest === undefined || length > RING || ring.newest - length + 1 < ring.oldest) return false;
  const seconds = levels.width / 1000;
  points.length = 0;
  for (let bucket = ring.newest - length + 1; bucket <= ring.newest; bucket += 1) {
    const peak = ring.at(bucket, PEAK);
    // The newest bucket of a coarse level has only begun: its peak is yet to come.
    if (!(ring.at(bucket, SEEN) >= 0.5) || Number.isNaN(peak)) continue;
    // What grows is highest at the end of a bucket.
    points.times[points.length] = Math.min(0, (bucket + 1) * ring.span - levels.newest - 1) * seconds;
    points.values[points.length] = peak;
    points.length += 1;
  }
  return points.length >= (1 - MISSING) * length;
}

function halvesAgree(): boolean {
  const middle = points.length >> 1;
  const first = rateOf(0, middle);
  const second = rateOf(middle, points.length);
  return first > 0 && second > 0 && first <= HALVES * second && second <= HALVES * first;
}

function rateOf(from: number, to: number): number {
  half.length = 0;
  for (let index = from; index < to; index += 1) {
    half.times[half.length] = points.times[index] ?? 0;
    half.values[half.length] = points.values[index] ?? 0;
    half.length += 1;
  }
  return theilSen(half, 1).slope;
}

/** Goes on along the line of the peaks. */
function extend(slope: Slope, to: Ahead): Forecast {
  const above = new Float64Array(points.length);
  for (let index = 0; index < points.length; index += 1) {
    above[index] = (points.values[index] ?? 0) - slope.slope * (points.times[index] ?? 0);
  }
  above.sort();
  const level = above[Math.round(PEAKS * (above.length - 1))] ?? 0;
  const spread = (above.at(-1) ?? level) - middleOf(above);
  const rate = slope.slope * 3600;
  const left = to.ceiling - level;
  const bucket = to.hours / to.buckets;
  const hours = bucket * passage(above, { ceiling: to.ceiling, rise: rate * bucket });
  const drift = to.deviate * DRIFT * Math.sqrt(Math.max(0.25, hours / to.hours));
  const fast = slope.high * 3600 + drift * rate;
  const slow = slope.low * 3600 - drift * rate;
  return {
    hours,
    low: Math.max(0, Math.min(hours, (left - spread) / fast)),
    high: slow > 0 ? Math.max(hours, (left + spread) / slow) : Number.POSITIVE_INFINITY,
    rate,
    window: to.hours,
    level,
  };
}
