import { exactly } from '../../core/measure.ts';
import type { Bounds } from '../../core/types.ts';

/**
 * Interval arithmetic (R. E. Moore, Interval Analysis, 1966) on doubles: the result holds whatever comes of any values
 * between the bounds. Nothing is rounded outwards, as those values are reckoned with in doubles too, and rounding to the
 * nearest one keeps their order. Undefined where nothing can be said: it may be infinite, no number, or an error.
 */
export type Arithmetic = (left: Bounds, right: Bounds) => Bounds | undefined;

/** Truth is reckoned alike: false is 0, true is 1, and what may be either lies between. */
export type Logic = (left: Bounds, right: Bounds) => Bounds;

/** True for certain. */
export const YES: Bounds = exactly(1);
/** False for certain. */
export const NO: Bounds = exactly(0);

const EITHER: Bounds = { low: 0, high: 1 };

/** True when there is just one value that it can be. */
export function isExact(bounds: Bounds | undefined): bounds is Bounds {
  return bounds !== undefined && bounds.low === bounds.high;
}

/** `left + right`. */
export const add: Arithmetic = (left, right) => between(left.low + right.low, left.high + right.high);

/** `left - right`. */
export const subtract: Arithmetic = (left, right) => between(left.low - right.high, left.high - right.low);

/** `left * right`: its extremes lie at the corners. */
export const multiply: Arithmetic = (left, right) => {
  const a = left.low * right.low;
  const b = left.low * right.high;
  const c = left.high * right.low;
  const d = left.high * right.high;
  return between(Math.min(a, b, c, d), Math.max(a, b, c, d));
};

/** `left / right`: nothing can be said where that may be a division by zero. */
export const divide: Arithmetic = (left, right) => {
  if (right.low <= 0 && right.high >= 0) return undefined;
  const a = left.low / right.low;
  const b = left.low / right.high;
  const c = left.high / right.low;
  const d = left.high / right.high;
  return between(Math.min(a, b, c, d), Math.max(a, b, c, d));
};

/** `left < right`. */
export const isBelow: Logic = (left, right) => {
  if (left.high < right.low) return YES;
  return left.low >= right.high ? NO : EITHER;
};

/** `left <= right`. */
export const isAtMost: Logic = (left, right) => not(isBelow(right, left));

/** `left == right`. */
export const isEqual: Logic = (left, right) => {
  if (left.high < right.low || right.high < left.low) return NO;
  return isExact(left) && isExact(right) ? YES : EITHER;
};

/** Both are true. */
export const and: Logic = (left, right) => ({
  low: Math.min(left.low, right.low),
  high: Math.min(left.high, right.high),
});

/** At least one is true. */
export const or: Logic = (left, right) => ({
  low: Math.max(left.low, right.low),
  high: Math.max(left.high, right.high),
});

/** What may be the one or the other. */
export const either: Logic = (left, right) => ({
  low: Math.min(left.low, right.low),
  high: Math.max(left.high, right.high),
});

/** Logical negation. */
export function not({ low, high }: Bounds): Bounds {
  return { low: 1 - high, high: 1 - low };
}

/** Change of sign. */
export function negate({ low, high }: Bounds): Bounds {
  return { low: -high, high: -low };
}

/** Bounds without any limit would say nothing, and could hide what is no number: infinity less infinity, or times 0. */
function between(low: number, high: number): Bounds | undefined {
  return low <= high && (low > Number.NEGATIVE_INFINITY || high < Number.POSITIVE_INFINITY) ? { low, high } : undefined;
}
