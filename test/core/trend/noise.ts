import { createPoints, MOST_POINTS, type Points } from '../../../src/core/trend/points.ts';

/** A stream of random numbers from 0 to 1 that is the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** First-order autocorrelated noise whose innovations have a standard deviation of 1 (Box and Muller). */
export function noiseFrom(seed: number, autocorrelation: number): () => number {
  const random = randomFrom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let level = normal() / Math.sqrt(1 - autocorrelation ** 2);
  return () => {
    level = autocorrelation * level + normal();
    return level;
  };
}

/** Points one second apart. */
export function pointsOf(values: readonly number[]): Points {
  const points = createPoints();
  points.length = Math.min(values.length, MOST_POINTS);
  for (const [index, value] of values.slice(-MOST_POINTS).entries()) {
    points.times[index] = index - points.length + 1;
    points.values[index] = value;
  }
  return points;
}
