import { BUCKETS } from '../../core/series.ts';
import { normalQuantile } from '../../core/trend/normal.ts';
import { createPoints, leastValue, loadPoints, medianValue, type Points } from '../../core/trend/points.ts';
import { fewestPoints, mayExceed, theilSen } from '../../core/trend/slope.ts';
import { coversWindow, FEWEST_POINTS, stillCovers } from '../../core/trend/window.ts';
import type { Condition, SeriesView, SeriesWant, TargetView, Verdict } from '../../core/types.ts';
import { figureIn } from '../history/sight.ts';
import { explain } from './explain.ts';
import type { Finding } from './finding.ts';
import { type Guard, guardOf } from './guard.ts';
import type { Growth } from './options.ts';

/** The guard must grow at no less than this share of the rate: the rest may be a share of common pages, or file pages. */
const GUARD_SHARE = 0.5;

/** Share of the points at which the guard must be known. */
const GUARD_KNOWN = 0.9;

interface Judge {
  readonly growth: Growth;
  readonly want: SeriesWant;
  readonly guard: Guard | undefined;
  /** Of the confidence, in standard deviations. */
  readonly deviate: number;
  readonly fewest: number;
  /** Filled anew for every target. */
  readonly points: Points;
}

/**
 * Makes the condition: it begins to hold when the lower end of the rate's interval is above the limit, and holds until
 * the rate itself is not.
 */
export function growing(growth: Growth): Condition {
  const guard = guardOf(growth.measure);
  // One reading of each process for each bucket.
  const every = growth.window / BUCKETS;
  const want: SeriesWant = {
    window: growth.window,
    every,
    shows: growth.measure,
    // Who holds less than half of it now has not grown by that much, and has still to grow by the other half.
    ...(ofMembers(growth.measure) && { least: growth.atLeast / 2 }),
    value: ofMembers(growth.measure)
      ? (target) => figureIn(target.recent(every), growth.measure)
      : (target) => target.known(growth.measure),
    ...(guard && { guard: (target) => guard.figure(target, every) }),
  };
  const judge: Judge = { growth, want, guard, ...sureness(growth), points: createPoints() };
  return { wants: [want], needsHistory: true, test: (target) => test(judge, target) };
}

function ofMembers(measure: Growth['measure']): boolean {
  return measure !== 'total' && measure !== 'unaccounted';
}

/** The shortest window, ms, that holds enough points to tell of growth when there is one in each `interval` ms. */
export function shortestWindow(growth: Growth, interval: number): number {
  return (sureness(growth).fewest - 1) * interval;
}

function sureness({ confidence }: Growth): Pick<Judge, 'deviate' | 'fewest'> {
  const deviate = normalQuantile((1 + confidence) / 2);
  return { deviate, fewest: Math.max(FEWEST_POINTS, fewestPoints(deviate)) };
}

function test(judge: Judge, target: TargetView): Verdict | undefined {
  const { growth, points } = judge;
  const { firing } = target;
  const series = target.series(judge.want);
  const quiet = series.note as Quiet | undefined;
  if (!firing && quiet?.judge === judge && stands(quiet, target)) return quiet;
  if (series.length < judge.fewest || !coversWindow(series, growth.window, target.snapshot.uptime)) return undefined;
  loadPoints(points, series, 'value');
  const floor = firing ? undefined : quietAbove(judge);
  if (floor !== undefined) {
    const verdict = tooSlow(judge, { target, series, floor });
    series.note = verdict;
    return verdict;
  }
  const scale = scaleOf(judge);
  const finding = find(judge, series);
  const limit = growth.rate.perSecond * scale;
  const fast = (firing ? finding.rate.slope : finding.rate.low) > limit && finding.grown >= growth.atLeast;
  if (!fast) return verdict(judge, { finding, target, met: false });
  const confirmed = confirm(judge, { finding, series, firing });
  return confirmed && verdict(judge, { finding: confirmed, target, met: confirmed.guard?.confirms !== false });
}

/**
 * Undefined when the rate may be above the limit. Else the value above which the newest point may fall with nothing
 * changed: a lower end only makes for slower growth, unless the limit, a share of the level, falls with it. That level
 * is the middle value, which is never below the least one: that is found without sorting.
 */
function quietAbove({ growth: { rate }, points, deviate }: Judge): number | undefined {
  if (rate.unit === 'bytes/s') {
    return mayExceed(points, rate.perSecond, deviate) ? undefined : Number.NEGATIVE_INFINITY;
  }
  const least = leastValue(points);
  if (!mayExceed(points, rate.perSecond * least, deviate)) return least;
  return mayExceed(points, rate.perSecond * medianValue(points), deviate) ? undefined : Number.POSITIVE_INFINITY;
}

function stands({ judge: { growth, want }, floor }: Quiet, target: TargetView): boolean {
  const series = target.series(want);
  return series.value(series.length - 1) >= floor && stillCovers(series, growth.window, target.snapshot.uptime);
}

function scaleOf({ growth: { rate }, points }: Judge): number {
  return rate.unit === 'ratio/s' ? medianValue(points) : 1;
}

/** A verdict that stands until a point comes or goes, or the newest falls below the floor. */
interface Quiet extends Verdict {
  readonly judge: Judge;
  readonly floor: number;
}

/** The usual case, at every snapshot for every target: the rate is reckoned only when somebody reads it. */
function tooSlow(judge: Judge, seen: { target: TargetView; series: SeriesView; floor: number }): Quiet {
  const { rate } = judge.growth;
  const finding = (): Finding => find(judge, seen.series);
  return {
    judge,
    floor: seen.floor,
    met: false,
    get value(): number {
      const { rate: found, level } = finding();
      return inUnit(found.slope, level, rate.unit);
    },
    limit: rate.perSecond,
    unit: rate.unit,
    because: () => explain(judge.growth, finding(), seen.target),
  };
}

function verdict(
  judge: Judge,
  { finding, target, met }: { finding: Finding; target: TargetView; met: boolean },
): Verdict {
  const { unit, perSecond } = judge.growth.rate;
  return {
    met,
    value: inUnit(finding.rate.slope, finding.level, unit),
    limit: perSecond,
    unit,
    because: () => explain(judge.growth, finding, target),
  };
}

function find({ points, deviate }: Judge, series: SeriesView): Finding {
  loadPoints(points, series, 'value');
  const rate = theilSen(points, deviate);
  const span = -(points.times[0] ?? 0);
  return { rate, level: medianValue(points), span, grown: rate.slope * span };
}

/** Adds what the guard says; undefined when it is not known well enough. */
function confirm(
  judge: Judge,
  { finding, series, firing }: { finding: Finding; series: SeriesView; firing: boolean },
): Finding | undefined {
  const { guard, points } = judge;
  if (guard === undefined) return finding;
  const { length } = points;
  loadPoints(points, series, 'guard');
  if (points.length < GUARD_KNOWN * length) return undefined;
  const rate = theilSen(points, judge.deviate);
  const confirms = firing ? rate.slope >= GUARD_SHARE * finding.rate.slope : rate.low >= GUARD_SHARE * finding.rate.low;
  return { ...finding, guard: { name: guard.name, rate, confirms } };
}

function inUnit(slope: number, level: number, unit: Growth['rate']['unit']): number {
  if (unit === 'bytes/s') return slope;
  return level > 0 ? slope / level : 0;
}
