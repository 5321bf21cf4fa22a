import { regress, unbend } from './fit.ts';
import { keep, keptGrowth, type Stretch } from './stretch.ts';

/** Memory may follow the load this closely: by so many times its share. Windows shorter than the process must have been seen hold few samples of it. */
export const ELASTICITY = 1.2;
const ELASTICITY_SHORT = 1.5;

/** Threads or members must rise by at least this share of what the load does, where they ever change. */
const CREW_SHARE = 0.25;

/** What changes by less than this share, or by less than one, does not change. */
const CREW_STILL = 0.02;

/** The load must explain this share of what a parabola leaves before its part is taken away. */
const EXPLAINED = 0.8;

/**
 * Whether the load rose as much as memory did and did not fall since: then there is more to do, not a leak. CPU time
 * rises with some leaks too (collectors that find ever less, lists that are searched), so threads or members must rise
 * along, unless the process always has the same number.
 */
export function followsLoad(stretch: Stretch, { share, short }: { share: number; short: boolean }): boolean {
  const work = keptGrowth(stretch, stretch.work);
  if (!(work.grown > 0 && work.level > 0)) return false;
  const rise = work.grown / work.level;
  const crew = keptGrowth(stretch, stretch.crew);
  const seen = isStill(stretch.crew, stretch.length) || crew.grown / crew.level > CREW_SHARE * rise;
  return seen && (short ? ELASTICITY_SHORT : ELASTICITY) * rise >= share;
}

/**
 * Takes away what follows the load from hour to hour, so that a leak shows under a daily cycle. What both have in
 * common with a parabola is left in: a rise of the load must not swallow a leak, nor the end of a warm-up make one.
 * @returns false, and nothing is changed, when memory hardly follows the load.
 */
export function takeLoadAway(stretch: Stretch): boolean {
  const { floor, work, length } = stretch;
  const { slope, share } = regress(unbend(floor, length), unbend(work, length));
  if (!(slope > 0 && share > EXPLAINED)) return false;
  let mean = 0;
  for (let index = 0; index < length; index += 1) mean += (work[index] ?? 0) / length;
  for (let index = 0; index < length; index += 1) {
    floor[index] = (floor[index] ?? 0) - slope * ((work[index] ?? 0) - mean);
  }
  keep(floor, stretch.kept, length);
  return true;
}

function isStill(values: Float64Array, length: number): boolean {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < length; index += 1) {
    const value = values[index] ?? Number.NaN;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return !(most - least >= CREW_STILL * most && most - least >= 1);
}
