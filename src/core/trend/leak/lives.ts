import { PEAK } from '../level-ring.ts';
import { LEVELS, type Levels } from '../levels.ts';
import { createStretch, keep, loadCauses, loadStretch, type Stretch } from './stretch.ts';

/** What is kept of one run of a process: what it retained of its middle and of its end. Bytes and hours. */
export interface Life {
  readonly hours: number;
  /** What was retained after a fifth of it: whatever warms up has mostly done so. */
  readonly level: number;
  /** What was retained more in the third of it after that, and in the third after that one. */
  readonly early: number;
  readonly late: number;
  /** The most that was held at its very end. Absent in what an earlier version saved. */
  readonly last?: number;
}

/** So many are kept. */
export const MOST_LIVES = 20;

/** A life of fewer buckets tells nothing. */
const FEWEST_BUCKETS = 12;

/** Where a life is looked at, as shares of it. */
const BEGUN = 0.2;
const MIDDLE = 0.55;
const END = 0.9;

/** What confirms the growth must have this share of it. */
const CONFIRMED = 0.5;

/** Lives together must grow by this share in their last thirds, none of them by less than this share of the mean. */
const LEAST_SHARE = 0.02;
const LEAST_OF_MEAN = 0.25;

/** The last thirds must grow by this share of what the ones before them did. */
const LEAST_LATE = 0.94;
const LEAST_LATE_OF_TWO = 0.86;

/** The mean rate must be so many standard errors above 0; of two lives, the rates must be as near to each other as this. */
const SURE = 3;
const NEAR = 1.5;

const stretch: Stretch = createStretch();
const scratch = new Float64Array(stretch.floor.length);

/** What to keep of the life that a history holds; undefined when it was too short. */
export function lifeOf(levels: Levels): Life | undefined {
  const level = levels.rings.findIndex((ring, index) => index === LEVELS - 1 || !ring.full);
  const ring = levels.rings[level];
  if (ring?.newest === undefined) return undefined;
  const length = ring.newest - ring.oldest + 1;
  if (length < FEWEST_BUCKETS) return undefined;
  const hours = (length * ring.span * levels.width) / 3_600_000;
  if (!loadStretch(stretch, levels, { level, length, hours })) return undefined;
  loadCauses(stretch, levels, { level, length, hours });
  const at = (values: Float64Array, share: number): number => between(values, (length - 1) * share);
  const begun = at(stretch.kept, BEGUN);
  const middle = at(stretch.kept, MIDDLE);
  let late = at(stretch.kept, END) - middle;
  for (const figure of [stretch.own, stretch.resident]) {
    keep(figure, scratch, length);
    if (at(scratch, END) - at(scratch, MIDDLE) < CONFIRMED * late) late = Math.min(0, late);
  }
  const last = levels.rings[0]?.at(levels.newest, PEAK) ?? Number.NaN;
  return { hours, level: begun, early: middle - begun, late, last };
}

/** The value at a place between two buckets: of a short life they are few. */
function between(values: Float64Array, place: number): number {
  const index = Math.floor(place);
  const before = values[index] ?? Number.NaN;
  const share = place - index;
  return share > 0 ? before + share * ((values[index + 1] ?? Number.NaN) - before) : before;
}

/** What the last lives of a service have in common: a leak in each of them. */
export interface LeakingLives {
  readonly count: number;
  readonly hours: number;
  /** The mean over the lives: bytes an hour, and of what level. */
  readonly rate: number;
  readonly level: number;
  readonly grown: number;
}

/**
 * Whether the last two lives or more all leaked, though each of them may have been too short to tell. The one that goes
 * on counts as a life. `cold` is how long a process must have been seen before there is a verdict, hours.
 */
export function leakingLives(lives: readonly Life[], cold: number): LeakingLives | undefined {
  for (let count = 2; count <= Math.min(lives.length, MOST_LIVES); count += 1) {
    const last = lives.slice(-count);
    if (allLeak(last, cold)) return poolLives(last);
  }
  return undefined;
}

/** Their mean. */
export function poolLives(lives: readonly Life[]): LeakingLives {
  const count = lives.length;
  const hours = sumOf(lives, (life) => life.hours);
  const level = sumOf(lives, (life) => life.level) / count;
  const grown = sumOf(lives, (life) => life.late) / count;
  return { count, hours, level, grown, rate: grown / ((END - MIDDLE) * (hours / count)) };
}

function allLeak(lives: readonly Life[], cold: number): boolean {
  const count = lives.length;
  const few = count === 2;
  if (sumOf(lives, ({ hours }) => hours) < cold) return false;
  const shares = lives.map(({ late, level }) => late / level);
  const mean = sumOf(shares, (share) => share) / count;
  if (!(mean >= LEAST_SHARE) || shares.some((share) => share <= LEAST_OF_MEAN * mean)) return false;
  if (count * mean < LEAST_LATE * sumOf(lives, ({ early, level }) => early / level)) return false;
  if (few && lives.some(({ early, late }) => late < LEAST_LATE_OF_TWO * early)) return false;
  return agree(lives.map(({ late, level, hours }) => late / level / hours));
}

/** Whether rates are alike: much greater than they differ. */
function agree(rates: readonly number[]): boolean {
  if (rates.length === 2) return Math.max(...rates) <= NEAR * Math.min(...rates);
  const mean = sumOf(rates, (rate) => rate) / rates.length;
  const squares = sumOf(rates, (rate) => (rate - mean) ** 2);
  return mean >= SURE * Math.sqrt(squares / (rates.length - 1) / rates.length);
}

function sumOf<T>(list: readonly T[], figure: (one: T) => number): number {
  return list.reduce((sum, one) => sum + figure(one), 0);
}
