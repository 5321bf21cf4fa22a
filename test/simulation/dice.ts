import { randomFrom } from '../core/trend/noise.ts';

/** Chances that are the same for the same seed. */
export interface Dice {
  /** True with this probability. */
  chance(probability: number): boolean;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** One of a list; undefined when it is empty. */
  pick<T>(list: readonly T[]): T | undefined;
}

/** Dice that begin at a seed. */
export function diceFrom(seed: number): Dice {
  const random = randomFrom(seed);
  return {
    chance: (probability) => random() < probability,
    between: (low, high) => low + Math.floor(random() * (high - low + 1)),
    pick: (list) => list[Math.floor(random() * list.length)],
  };
}
