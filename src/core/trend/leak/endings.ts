import { type LeakingLives, type Life, poolLives } from './lives.ts';

/** A life that held this share of its ceiling at its very end was ended by it. */
const AT_CEILING = 0.9;

/** It must still have grown then: by this share of the level in its last third, */
const LEAST_SHARE = 0.1;

/** and by this share of what the third before it did; one life alone must hardly have slowed down. */
const LEAST_LATE = 0.6;
const LEAST_LATE_OF_ONE = 0.8;

/**
 * Whether the last lives of a service each grew until the ceiling (bytes) ended them: however short they were, a cache
 * that fills would have been full before.
 */
export function exhaustingLives(lives: readonly Life[], ceiling: number): LeakingLives | undefined {
  const before = lives.findLastIndex((life) => !isExhausting(life, ceiling));
  const last = lives.slice(before + 1);
  const [first] = last;
  if (first === undefined) return undefined;
  return last.length > 1 || first.late >= LEAST_LATE_OF_ONE * first.early ? poolLives(last) : undefined;
}

function isExhausting({ early, late, level, last = 0 }: Life, ceiling: number): boolean {
  return last >= AT_CEILING * ceiling && late >= LEAST_SHARE * level && late >= LEAST_LATE * early;
}
