import { FLOOR } from '../level-ring.ts';
import type { Levels } from '../levels.ts';
import type { Window } from './stretch.ts';

const HOUR = 3_600_000;

/** What was held before a window began: the least and the most that any bucket kept, and for how long it was seen, hours. */
export interface Past {
  readonly low: number;
  readonly high: number;
  readonly hours: number;
  /** The most that was held for about six hours on end; in histories of shorter buckets, for as many of them. */
  readonly lasting: number;
}

/** The coarsest level but one has buckets of three hours, when the finest are those of a day's window. */
const LASTING_LEVEL = 3;

/** Looks at all that is kept from before the window, on its level and on the coarser ones that reach further back. */
export function pastOf(levels: Levels, window: Window): Past {
  const windowStart = startOf(levels, window);
  const past = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY, hours: 0 };
  for (const ring of levels.rings.slice(window.level)) {
    const last = Math.floor(windowStart / ring.span) - 1;
    for (let bucket = ring.oldest; bucket <= last; bucket += 1) {
      const floor = ring.at(bucket, FLOOR);
      if (floor > past.high) past.high = floor;
      if (floor < past.low) past.low = floor;
    }
    past.hours = Math.max(past.hours, ((last - ring.oldest + 1) * ring.span * levels.width) / HOUR);
  }
  return { ...past, lasting: lastingBefore(levels, windowStart) };
}

function lastingBefore(levels: Levels, windowStart: number): number {
  const ring = levels.rings[LASTING_LEVEL];
  if (ring?.newest === undefined) return Number.NEGATIVE_INFINITY;
  const last = Math.floor(windowStart / ring.span) - 1;
  let most = Number.NEGATIVE_INFINITY;
  for (let bucket = ring.oldest; bucket < last; bucket += 1) {
    const held = Math.min(ring.at(bucket, FLOOR), ring.at(bucket + 1, FLOOR));
    if (held > most) most = held;
  }
  return most;
}

/** How fast memory was retained in the half window before a window at whose beginning `level` was, bytes an hour; undefined where that was not seen. */
export function rateBefore(levels: Levels, window: Window, level: number): number | undefined {
  // Half as long again may be more than the level holds: then the next one.
  const ring = levels.rings.find(
    ({ span, newest, oldest }, index) =>
      index >= window.level &&
      newest !== undefined &&
      newest - Math.round((1.5 * window.length * 4 ** window.level) / span) + 1 >= oldest,
  );
  if (ring?.newest === undefined) return undefined;
  const first = ring.newest - Math.round((1.5 * window.length * 4 ** window.level) / ring.span) + 1;
  let least = Number.POSITIVE_INFINITY;
  for (let bucket = first; bucket <= ring.newest; bucket += 1) {
    const floor = ring.at(bucket, FLOOR);
    if (floor < least) least = floor;
  }
  return (level - least) / (window.hours / 2);
}

/** The first of the finest buckets in a window that ends now. */
function startOf(levels: Levels, { level, length }: Window): number {
  return levels.newest + 1 - length * 4 ** level;
}
