import { RING } from '../level-ring.ts';
import type { Levels } from '../levels.ts';
import { repeats } from './cycles.ts';
import { createDesign, type Design, errorOf, fitTogether, prepare, type Together } from './least-squares.ts';
import { followsLoad } from './load.ts';
import { type Circumstances, LEAST_GROWTH, type Look } from './look.ts';
import { isEven, isSpread } from './shape.ts';
import { createStretch, keep, keptGrowth, loadCauses, loadStretch, type Stretch, type Window } from './stretch.ts';

/** Buckets of three quarters of an hour, when the finest are those of a day's window: 64 of them are two days. */
export const LEVEL: number = 2;

/** What lasts no longer than so many buckets is taken for a burst. */
const BURST = 4;

/** The line must come to this share of the level, less so many standard errors. */
const LEAST_SHARE = 0.08;
const SURE = 2;

/** Fits that leave so many times as much as the best one are believed too, and those that are as near as this share of the growth. */
const BELIEVED = 2;
const ROUNDING = 0.008;

/** The load and the hour of the day can follow anything that happens to rise with them: they must leave so much less than other fits do. */
const LOAD_MUST = 4;
const DAYS_MUST = 8;

/** With all else taken away this share of the line must be retained; private and resident memory must have grown by this share of that. */
const RETAINED = 0.5;
const CONFIRMED = 0.25;

/** Curves that settle, by the time in which they do by two thirds, and that slow down with age, by when they begin to; as shares of a cold start. */
const SETTLING = [1 / 96, 1 / 48, 1 / 24, 1 / 12, 1 / 6, 1 / 3, 2 / 3, 4 / 3, 8 / 3];
const SLOWING = [1 / 240, 1 / 120, 1 / 60, 1 / 30, 1 / 15, 2 / 15, 4 / 15, 8 / 15];

const LINE = 0;
const FIRST_CURVE = 1;
const FIRST_SLOWING = FIRST_CURVE + SETTLING.length;
const DAY = FIRST_SLOWING + SLOWING.length;
/** The day and the half day, a cosine and a sine each. */
const DAYS = [DAY, DAY + 1, DAY + 2, DAY + 3];
const LOAD = DAY + DAYS.length;

/** What the growth may be made of beside the line, and by how much better that must fit to be taken for the best, and to be believed at all. */
const EXPLANATIONS = Array.from({ length: DAY }, (_, curve) => (curve === LINE ? [LINE] : [LINE, curve])).flatMap(
  (parts) => [
    { parts, must: 1, doubt: 1 },
    { parts: [...parts, LOAD], must: LOAD_MUST, doubt: 1 },
    // A curve and a day together can bend to nearly anything.
    { parts: [...parts, ...DAYS], must: DAYS_MUST, doubt: parts.length > 1 ? DAYS_MUST : 1 },
  ],
);

const stretch: Stretch = createStretch();
const design: Design = createDesign(LOAD + 1, RING);
/** Which bucket of the stretch each row of the design is. */
const places = new Uint8Array(RING);

/**
 * Looks at all that was seen of a process in its second day, or while up to two cold starts were seen: at what goes on
 * in a straight line when everything that may explain the rest of it is taken away, be it a warm-up, a cache that fills,
 * fragmentation, the load or the hour of the day. Of all explanations that fit nearly as well as the best one the one
 * with the flattest line counts. A window must wait until the warm-up is behind it, and until a day can be held against
 * the one before; this look need not. Undefined where it sees no leak. Pure but for buffers.
 */
export function lookAtRest(levels: Levels, { cold }: Circumstances): Look | undefined {
  const window = wholeOf(levels, cold);
  if (window === undefined || !loadStretch(stretch, levels, window)) return undefined;
  loadCauses(stretch, levels, window);
  const level = stretch.kept[0] ?? Number.NaN;
  const least = Math.max(LEAST_GROWTH, LEAST_SHARE * level);
  const kept = (stretch.kept[stretch.end] ?? Number.NaN) - level;
  if (!(kept >= least)) return undefined;
  fillDesign(levels, cold);
  const fit = flattest(kept);
  if (fit === undefined) return undefined;
  const rate = slopeOf(fit, 0);
  const hours = (stretch.length - 1) * stretch.hours;
  if (!(slopeOf(fit, SURE) * hours >= least)) return undefined;
  const look = { window, manner: 'rest' as const, grown: rate * hours, level, rate, stopped: undefined };
  if (!fit.parts.includes(LOAD) && mayBeUndone(levels, look, cold)) return undefined;
  takeAway(fit);
  return isRetained(look.grown) ? look : undefined;
}

/** What the load does not explain may still have come with a load that rose all the time, and may not have been given back before. */
function mayBeUndone(levels: Levels, look: Look, cold: number): boolean {
  return followsLoad(stretch, { share: look.grown / look.level, short: false }) || repeats(levels, look, cold);
}

/** All that is kept, once a cold start has been seen and until the oldest of it is lost. */
function wholeOf(levels: Levels, cold: number): Window | undefined {
  const ring = levels.rings[LEVEL];
  if (ring?.newest === undefined || ring.full) return undefined;
  const length = ring.newest - ring.oldest + 1;
  const hours = (length * ring.span * levels.width) / 3_600_000;
  return hours > cold ? { level: LEVEL, length, hours } : undefined;
}

/** Fills in what was held in each bucket that was seen, bursts left out, and all that may explain it. */
function fillDesign(levels: Levels, cold: number): void {
  const { floor, length, hours, work } = stretch;
  const oldest = levels.rings[LEVEL]?.oldest ?? 0;
  design.rows = 0;
  // The newest bucket has only begun.
  for (let index = 0; index < length - 1; index += 1) {
    if (Number.isNaN(floor[index] ?? Number.NaN)) continue;
    places[design.rows] = index;
    design.values[design.rows] = leastOf(floor.subarray(index, Math.min(length, index + BURST + 1)));
    fillRow((oldest + index + 0.5) * hours, cold);
    put(LOAD, work[index] ?? Number.NaN);
    design.rows += 1;
  }
  prepare(design);
}

/** `age` and `cold` are hours. */
function fillRow(age: number, cold: number): void {
  put(LINE, age);
  for (const [index, share] of SETTLING.entries()) put(FIRST_CURVE + index, 1 - Math.exp(-age / (share * cold)));
  for (const [index, share] of SLOWING.entries()) put(FIRST_SLOWING + index, Math.log1p(age / (share * cold)));
  for (const [index, part] of DAYS.entries()) {
    const angle = (2 * Math.PI * age * (index < 2 ? 1 : 2)) / 24;
    put(part, index % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
  }
}

function put(part: number, value: number): void {
  const column = design.columns[part];
  if (column) column[design.rows] = value;
}

/** Of the explanations that are believed, the one under which the least goes on. `kept` bytes were retained. */
function flattest(kept: number): Together | undefined {
  const fits = EXPLANATIONS.flatMap((explanation) => {
    const fit = fitTogether(design, explanation.parts);
    return fit !== undefined && isSensible(fit) ? { ...explanation, fit } : [];
  });
  const best = Math.min(...fits.map(({ fit, must }) => must * fit.left));
  const bound = BELIEVED * best + (ROUNDING * kept) ** 2 * design.rows;
  let found: { fit: Together; low: number } | undefined;
  for (const { fit, doubt } of fits) {
    if (doubt * fit.left > bound) continue;
    const low = slopeOf(fit, SURE);
    if (found === undefined || low < found.low) found = { fit, low };
  }
  return found?.fit;
}

/** What settles rises, and memory rises with the load. */
function isSensible({ parts, weights }: Together): boolean {
  return parts.every((part, place) => part === LINE || DAYS.includes(part) || (weights[place] ?? 0) >= 0);
}

/** Bytes an hour, so many standard errors below what was found. */
function slopeOf(fit: Together, errors: number): number {
  const length = design.lengths[LINE] ?? 1;
  const found = fit.weights[LINE] ?? 0;
  return (errors === 0 ? found : found - errors * errorOf(design, fit)) / length;
}

/** Leaves of the stretch what the explanation does not take, beside the line. */
function takeAway({ parts, weights }: Together): void {
  const { floor, kept, length } = stretch;
  for (const [place, part] of parts.entries()) {
    if (part === LINE) continue;
    for (let row = 0; row < design.rows; row += 1) {
      const index = places[row] ?? 0;
      floor[index] = (floor[index] ?? 0) - (weights[place] ?? 0) * (design.columns[part]?.[row] ?? 0);
    }
  }
  floor[length - 1] = Number.NaN;
  keep(floor, kept, length);
}

/** Whether it was taken evenly, in every part of the time, and not only shared out anew. */
function isRetained(line: number): boolean {
  const grown = (stretch.kept[stretch.end] ?? 0) - (stretch.kept[0] ?? 0);
  if (!(grown >= RETAINED * line) || !isEven(stretch, grown) || !isSpread(stretch, grown)) return false;
  return [stretch.own, stretch.resident].every((figure) => keptGrowth(stretch, figure).grown >= CONFIRMED * grown);
}

/** The least of those that are known. */
function leastOf(values: Float64Array): number {
  return Math.min(...values.filter((value) => !Number.isNaN(value)));
}
