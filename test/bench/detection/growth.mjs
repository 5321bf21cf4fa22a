import { randomFrom, seedOf } from './random.mjs';

const POINTS = 48;

/** Autocorrelations of the noise (first order, from bucket to bucket). */
export const CORRELATIONS = [0, 0.3, 0.6, 0.8, 0.9];

/** How often the 90 % interval of a slope holds the true one, on correlated noise round a line. */
export function slopeCoverage({ theilSen, createPoints }, { set, count, correlation, deviate }) {
  const random = randomFrom(seedOf('slope', set, correlation));
  const points = createPoints();
  let held = 0;
  for (let run = 0; run < count; run += 1) {
    const slope = random.between(-1, 1);
    let noise = random.normal() / Math.sqrt(1 - correlation ** 2);
    points.length = POINTS;
    for (let index = 0; index < POINTS; index += 1) {
      noise = correlation * noise + random.normal();
      points.times[index] = index - POINTS + 1;
      points.values[index] = slope * index + noise;
    }
    const { low, high } = theilSen(points, deviate);
    if (low <= slope && slope <= high) held += 1;
  }
  return held / count;
}
