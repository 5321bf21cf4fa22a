import { AGES, type Run } from './generations.ts';
import { FLOOR } from './level-ring.ts';
import type { Levels } from './levels.ts';

const HOUR = 3_600_000;

/**
 * What a run retained at the ages of a comparison, from its history: the median of the floors in the quarter of its life
 * up to that age. Ages that it did not reach, or that were not seen, are left out; of early ones an old history has coarse buckets only. A history counts from the start of
 * the process, so that an age is a bucket.
 */
export function runOf(levels: Levels): Run {
  return { held: AGES.map((age) => heldAt(levels, age)) };
}

/** A bucket must be this share of the age, to hold the trough of a collector's cycle. */
const COARSE = 1 / 64;

function heldAt(levels: Levels, age: number): number | undefined {
  const end = Math.floor((age * HOUR) / levels.width);
  const begin = Math.floor((0.75 * age * HOUR) / levels.width);
  if (levels.newest + 1 < end) return undefined;
  const ring = levels.rings.find(
    ({ span, newest, oldest }) => newest !== undefined && span >= COARSE * end && Math.floor(begin / span) >= oldest,
  );
  if (ring === undefined) return undefined;
  const floors: number[] = [];
  const first = Math.floor(begin / ring.span);
  for (let bucket = first; bucket < Math.max(first + 1, Math.floor(end / ring.span)); bucket += 1) {
    const floor = ring.at(bucket, FLOOR);
    if (!Number.isNaN(floor)) floors.push(floor);
  }
  floors.sort((one, other) => one - other);
  return floors[floors.length >> 1];
}
