import type { Levels } from '../levels.ts';
import { repeats } from './cycles.ts';
import { dailyGrowth, dailyLoad, dailyMean } from './days.ts';
import { ELASTICITY, followsLoad, takeLoadAway } from './load.ts';
import { pastOf, rateBefore } from './past.ts';
import { isEven, isSpread, isSteady, isStraight, outlastsSettling } from './shape.ts';
import { createStretch, DAYS_FROM, keptGrowth, loadCauses, loadStretch, type Stretch, type Window } from './stretch.ts';

/** What is asked of a window, in this order; the first that says no stops it. */
export type Guard =
  | 'size'
  | 'even'
  | 'spread'
  | 'steady'
  | 'before'
  | 'straight'
  | 'settling'
  | 'private'
  | 'load'
  | 'past'
  | 'cycle'
  | 'seen';

/** What is known of the target beside its history. */
export interface Circumstances {
  /** Age of the process, hours. */
  readonly age: number;
  /** What it may hold at the most, bytes. */
  readonly ceiling: number;
  /** How long a process must have been seen before there is a verdict, hours. */
  readonly cold: number;
}

/** How it was seen: as it is, less what follows the load, hour by hour against the day before, or less all that may explain it. */
export type Manner = 'plain' | 'load' | 'days' | 'rest';

/** What one window shows. */
export interface Look {
  readonly window: Window;
  readonly manner: Manner;
  /** What is retained more at the end than at the beginning, and what was then; bytes. */
  readonly grown: number;
  readonly level: number;
  /** Bytes an hour. */
  readonly rate: number;
  /** The guard that says it is no leak; undefined when all of them let it pass. */
  readonly stopped: Guard | undefined;
}

/** It must come to so many bytes. */
export const LEAST_GROWTH: number = 2 * 2 ** 20;

/** And to this share of the level, by the length of the window in cold starts: the shorter ones show every swing. */
const LEAST_SHARE = [
  { under: 1.9, share: 0.1 },
  { under: 3.7, share: 0.08 },
  { under: Number.POSITIVE_INFINITY, share: 0.06 },
] as const;

/** What confirms it must have grown by this share. With the load taken away some of it is gone from the one and not from the other. */
const CONFIRMED = 0.5;
const CONFIRMED_LOAD = 0.25;

/** The window's rate must be this share of the one before it, in a process that is older than so many windows: before that it may have warmed up. */
const RATE_BEFORE = 0.7;
const WARM = 2.5;

/** A logarithm is told from a line while the window is a good part of the process's age. */
const YOUNG = 4;

/** Above all that was held before by this share of its range: in windows shorter than the cold start, in others of less than days. */
const ABOVE_RANGE_SHORT = 1;
const ABOVE_RANGE = 0.1;
/** And above what lasted before, by this share. */
const ABOVE_LASTING = 0.02;

/** Without a past a window may be half the cold start if it grew to three times the level, or half as much again near the ceiling. */
const SHORT = { window: 1 / 2, grown: 2 };
const NEAR = { window: 1 / 2, grown: 0.5, ceiling: 0.8 };

/** Windows of which the second day is held against the first, hours: shorter ones than two days, down to the least, only until that age. */
const TWO_DAYS = { hours: 48, least: 32, until: 50 };

/** Windows from which what follows the load can be taken away, hours: they see it go up and down. */
const LOAD_FROM = 16;
const LOAD_TO = 60;

const stretch: Stretch = createStretch();

/** Looks at one window, in every manner that suits it. Undefined when too little of it was seen. Pure but for a buffer. */
export function lookAt(levels: Levels, window: Window, about: Circumstances): Look | undefined {
  if (!loadStretch(stretch, levels, window)) return undefined;
  const plain = inspect(levels, window, { ...about, manner: 'plain' });
  if (plain.stopped === undefined || HOPELESS.has(plain.stopped)) return plain;
  if (window.hours < LOAD_FROM || window.hours > LOAD_TO || !mayHide(plain)) return plain;
  loadCauses(stretch, levels, window);
  const daily = spansDays(window, about) ? againstDayBefore(levels, window) : undefined;
  if (daily !== undefined) return daily;
  if (!takeLoadAway(stretch)) return plain;
  const other = inspect(levels, window, { ...about, manner: 'load' });
  return other.stopped === undefined ? other : plain;
}

/** Seen in another manner these would stop it too. */
const HOPELESS: ReadonlySet<Guard> = new Set(['private', 'past', 'seen'] as const);

/** A daily swing may hide a leak that is not retained yet; but it can't when hardly anything moved. */
function mayHide({ level }: Look): boolean {
  const now = stretch.floor.subarray(0, stretch.length);
  return Math.max(...now) - level >= Math.max(LEAST_GROWTH, (LEAST_SHARE[0]?.share ?? 0) * level);
}

type Manners = Circumstances & { readonly manner: Manner };

function inspect(levels: Levels, window: Window, about: Manners): Look {
  const level = stretch.kept[0] ?? 0;
  const grown = (stretch.kept[stretch.end] ?? 0) - level;
  const rate = grown / (stretch.end * stretch.hours);
  const look = { window, manner: about.manner, grown, level, rate };
  const misshapen = shapeGuard(look, about);
  if (misshapen !== undefined) return { ...look, stopped: misshapen };
  if (about.manner === 'plain') loadCauses(stretch, levels, window);
  return { ...look, stopped: causeGuard(look, about) ?? pastGuard(levels, look, about) };
}

type Growth = Omit<Look, 'stopped'>;

/** Whether it is great enough and keeps on. */
function shapeGuard({ window, grown, level }: Growth, { age, cold }: Manners): Guard | undefined {
  const share = LEAST_SHARE.find(({ under }) => window.hours < under * cold)?.share ?? 0;
  if (!(grown >= Math.max(LEAST_GROWTH, share * level))) return 'size';
  if (!isEven(stretch, grown)) return 'even';
  if (!isSpread(stretch, grown)) return 'spread';
  if (!isSteady(stretch, grown)) return 'steady';
  if (age > YOUNG * window.hours) return undefined;
  if (!isStraight(stretch, age)) return 'straight';
  return outlastsSettling(stretch, grown) ? undefined : 'settling';
}

/** Whether it is the process's own doing. */
function causeGuard({ window, grown, level, manner }: Growth, { cold }: Manners): Guard | undefined {
  const share = manner === 'load' ? CONFIRMED_LOAD : CONFIRMED;
  for (const figure of [stretch.own, stretch.resident]) {
    if (keptGrowth(stretch, figure).grown < share * grown) return 'private';
  }
  return followsLoad(stretch, { share: grown / level, short: window.hours < cold }) ? 'load' : undefined;
}

/** Whether it is something new. */
function pastGuard(levels: Levels, look: Growth, about: Manners): Guard | undefined {
  if (isSlower(levels, look, about)) return 'before';
  const { window, grown, level } = look;
  const { cold, ceiling } = about;
  if (about.manner !== 'load' && repeats(levels, look, cold)) return 'cycle';
  const past = pastOf(levels, window);
  const top = level + grown;
  if (past.hours >= cold) {
    const margin = window.hours < cold ? ABOVE_RANGE_SHORT : ABOVE_RANGE;
    const ranged = window.hours >= DAYS_FROM || top >= past.high + margin * (past.high - past.low);
    return ranged && top >= (1 + ABOVE_LASTING) * past.lasting ? undefined : 'past';
  }
  return window.hours >= cold || isUrgent(look, { cold, ceiling }) ? undefined : 'seen';
}

/** Whether it grew faster before the window. What was taken away with the load is not known of that time. */
function isSlower(levels: Levels, { window, level, rate, manner }: Growth, { age }: Manners): boolean {
  if (manner === 'load' || age < WARM * window.hours) return false;
  const before = rateBefore(levels, window, level);
  return before !== undefined && rate < RATE_BEFORE * before;
}

/** Whether so much was taken that it can't wait for the cold start. */
function isUrgent({ window, grown, level }: Growth, { cold, ceiling }: Pick<Manners, 'cold' | 'ceiling'>): boolean {
  if (window.hours >= SHORT.window * cold && grown >= SHORT.grown * level) return true;
  const now = stretch.floor[stretch.length - 1] ?? 0;
  return window.hours >= NEAR.window * cold && grown >= NEAR.grown * level && now >= NEAR.ceiling * ceiling;
}

function spansDays({ hours }: Window, { age }: Circumstances): boolean {
  return hours <= TWO_DAYS.hours && hours >= (age > TWO_DAYS.until ? TWO_DAYS.hours : TWO_DAYS.least);
}

/** Two days, bucket by bucket, or a day and a good part of the next in a process that has not seen two. */
function againstDayBefore(levels: Levels, window: Window): Look | undefined {
  const grown = dailyGrowth(stretch);
  const highest = stretch.floor.reduce(
    (most, floor, index) => (index < stretch.length && floor > most ? floor : most),
    0,
  );
  if (grown === undefined || highest < pastOf(levels, window).high) return undefined;
  const level = stretch.kept[0] ?? 0;
  const look = { window, manner: 'days' as const, grown, level, rate: grown / 24 };
  if (grown < Math.max(LEAST_GROWTH, (LEAST_SHARE[0]?.share ?? 0) * level)) return undefined;
  for (const figure of [stretch.own, stretch.resident]) {
    if (dailyMean(stretch, figure) < CONFIRMED * grown) return undefined;
  }
  if (ELASTICITY * dailyLoad(stretch) >= grown / level) return undefined;
  return followsLoad(stretch, { share: grown / level, short: false }) ? undefined : { ...look, stopped: undefined };
}
