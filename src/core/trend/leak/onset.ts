import type { Levels } from '../levels.ts';
import { createStretch, loadStretch, type Window, windowsOf } from './stretch.ts';

const stretch = createStretch();

/** A growth is dated in windows up to so many times as long as the one that showed it. */
const BACK = 4;

/**
 * How long ago the growth that a window shows began, hours: of all broken lines, level first and rising then, the one
 * that fits what was retained best, in the longest window around it. At least the part of the window that grew, when
 * history reaches no further back.
 */
export function onsetOf(levels: Levels, window: Window): number {
  const around = windowsOf(levels.width, levels.rings.length).filter(
    ({ hours }) => hours >= window.hours && hours <= BACK * window.hours,
  );
  for (const longer of around.reverse()) {
    if (!loadStretch(stretch, levels, longer)) continue;
    const { kept, end, length, hours } = stretch;
    return (length - 1 - bendOf(kept, end)) * hours;
  }
  return window.hours;
}

/** Index at which a level line that rises from there on fits the values up to `end` best. */
function bendOf(values: Float64Array, end: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let bend = 0; bend < end - 2; bend += 1) {
    const left = leftByBend(values, end, bend);
    if (left >= least) continue;
    least = left;
    best = bend;
  }
  return best;
}

function leftByBend(values: Float64Array, end: number, bend: number): number {
  const count = end + 1;
  const rising = count - 1 - bend;
  const mean = (rising * (rising + 1)) / 2 / count;
  const first = values[0] ?? 0;
  let xx = 0;
  let xy = 0;
  let yy = 0;
  let sum = 0;
  for (let index = 0; index < count; index += 1) {
    const x = Math.max(0, index - bend) - mean;
    const y = (values[index] ?? 0) - first;
    xx += x * x;
    xy += x * y;
    yy += y * y;
    sum += y;
  }
  return yy - (sum * sum) / count - (xy * xy) / xx;
}
