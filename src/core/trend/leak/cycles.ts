import { FLOOR, type LevelRing } from '../level-ring.ts';
import type { Levels } from '../levels.ts';
import { DAYS_FROM, type Window } from './stretch.ts';

/** This share of the growth makes a cycle when it was taken and given back. */
const GIVEN_BACK = 0.3;

/** The window must be so many times as long as the longest cycle. */
const CYCLES = 2;

/** Troughs that rise by this share of the rate of all are no cycle's, if there are so many. */
const RISING = 0.5;
const FEWEST_TROUGHS = 2;

/** Of a cycle that was seen once only its end may have been seen: the time from its trough must be so many cold starts. */
const SEEN_ONCE = 1.5;

/**
 * Whether a growth may be given back yet, as about as much was before: what a compactor or a full collection frees now
 * and then. Windows of days are asked how they grew from day to day. `cold` is how long a process must have been seen
 * before there is a verdict, hours.
 */
export function repeats(levels: Levels, { window, grown, rate }: Grown, cold: number): boolean {
  if (window.hours >= DAYS_FROM) return false;
  return levels.rings.slice(window.level).some((ring) => {
    const hours = (ring.span * levels.width) / 3_600_000;
    const troughs = troughsOf(ring, GIVEN_BACK * grown);
    if (keepsRising(ring, troughs, RISING * rate * hours)) return false;
    const longest = longestOf(troughs);
    const since = (ring.newest ?? 0) - (troughs.at(-1) ?? 0);
    // Of a cycle that was seen once there is one trough after the beginning.
    const once = troughs.length === (troughs[0] === ring.oldest ? 2 : 1);
    return window.hours < CYCLES * longest * hours || (once && since * hours < SEEN_ONCE * cold);
  });
}

/** What is asked of a growth: its window, bytes, and bytes an hour. */
interface Grown {
  readonly window: Window;
  readonly grown: number;
  readonly rate: number;
}

/** Whether even the weakest cycle, from one trough to the next, left more behind, by so much a bucket or more: what rises so from trough to trough is not given back. */
function keepsRising(ring: LevelRing, troughs: readonly number[], least: number): boolean {
  return (
    troughs.length >= FEWEST_TROUGHS &&
    troughs.every((trough, index) => {
      const before = troughs[index - 1];
      return before === undefined || ring.at(trough, FLOOR) - ring.at(before, FLOOR) >= least * (trough - before);
    })
  );
}

/** The longest time from one trough to the next, hours, on a level or a coarser one, of those between which `size` was taken and given back; 0 where there was none. */
export function longestCycle(levels: Levels, level: number, size: number): number {
  const buckets = levels.rings.slice(level).map((ring) => longestOf(troughsOf(ring, size)) * ring.span);
  return (Math.max(...buckets) * levels.width) / 3_600_000;
}

function longestOf(troughs: readonly number[]): number {
  return troughs.reduce((most, trough, index) => Math.max(most, trough - (troughs[index - 1] ?? trough)), 0);
}

/** The oldest bucket, unless it fell from there, and after it those in which the least was held after a fall of `size` and before a rise of as much. */
function troughsOf(ring: LevelRing, size: number): number[] {
  const troughs = turnsOf(ring, size);
  return fallsFirst(ring, troughs, size) ? troughs.slice(1) : troughs;
}

function turnsOf(ring: LevelRing, size: number): number[] {
  const troughs = [ring.oldest];
  let way = 1;
  let extreme = Number.NEGATIVE_INFINITY;
  for (let bucket = ring.oldest; bucket <= (ring.newest ?? 0); bucket += 1) {
    const floor = ring.at(bucket, FLOOR);
    const ahead = way * (floor - extreme);
    const turned = -ahead >= size;
    // Nothing is ahead of a bucket in which nothing was seen.
    if (!(ahead > 0 || turned)) continue;
    if (turned) way = -way;
    if (turned && way < 0) troughs.push(bucket);
    if (way < 0) troughs[troughs.length - 1] = bucket;
    extreme = floor;
  }
  return troughs;
}

/** Whether it fell before it ever rose: then the oldest bucket is no trough. */
function fallsFirst(ring: LevelRing, [oldest = 0, second]: readonly number[], size: number): boolean {
  if (second === undefined) return false;
  for (let bucket = oldest; bucket < second; bucket += 1) {
    if (ring.at(bucket, FLOOR) - ring.at(oldest, FLOOR) >= size) return false;
  }
  return true;
}
