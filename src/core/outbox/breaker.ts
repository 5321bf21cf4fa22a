/**
 * Keeps many from trying what just failed for others (M. Nygard, Release It!, "Circuit Breaker"). Times are ms on any one
 * clock.
 */
export interface Breaker {
  /** Attempts that have failed since the last one that was answered. */
  readonly failures: number;
  /** Since when only one at a time tries; undefined while everybody may. */
  readonly openSince?: number;
  /** The next may try from here on, while it is open. */
  readonly probeAt: number;
}

/** Nothing has failed. */
export const CLOSED: Breaker = { failures: 0, probeAt: 0 };

/** So many failures in a row open it. */
export const OPENS_AFTER = 5;

/** The breaker after a failure. @param pause how long to leave alone a receiver that has failed so often since it opened, ms. */
export function failed(breaker: Breaker, now: number, pause: (failures: number) => number): Breaker {
  const failures = breaker.failures + 1;
  if (failures < OPENS_AFTER) return { ...breaker, failures };
  const probeAt = now + pause(failures - OPENS_AFTER + 1);
  return { failures, openSince: breaker.openSince ?? now, probeAt };
}

/** How many attempts may be under way at `now`, where it would be `most` without a breaker. */
export function placesOf({ openSince, probeAt }: Breaker, now: number, most: number): number {
  if (openSince === undefined) return most;
  return now >= probeAt ? 1 : 0;
}
