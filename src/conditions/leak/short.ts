import { BUCKETS } from '../../core/series.ts';
import { judgeShortRun, PARTS, type ShortGuard, type ShortRun } from '../../core/trend/leak/short.ts';
import { normalQuantile } from '../../core/trend/normal.ts';
import { coversWindow } from '../../core/trend/window.ts';
import type { Condition, SeriesWant, TargetView, Verdict } from '../../core/types.ts';
import { formatDuration, formatSize, formatValue } from '../../core/units.ts';
import { privateIn, retainedIn } from '../history/sight.ts';
import type { ShortLeakSettings } from './options.ts';

/** While it fires so many parts may have left no more than the one before. */
const FEW = 2;

/** The first reading may be late by so many times the time between two. */
const SLACK = 1;

/** Of the interval that is told. */
const NINETY = normalQuantile(0.95);

const REASONS: Readonly<Record<ShortGuard, string>> = {
  size: 'that is too little',
  weakest: 'not every part of that time left more behind',
  even: 'most of it came at once',
  steady: 'it slows down, as a cache or a warm-up does',
  private: 'private memory did not grow with it',
};

/** Makes the condition: every part of a short run left more memory behind than the one before. */
export function leakingShortly({ within, atLeast }: ShortLeakSettings): Condition {
  const every = within / BUCKETS;
  const want: SeriesWant = {
    window: within,
    every,
    least: atLeast,
    shows: 'memory that is not files',
    value: (target) => retainedIn(target.recent(every)),
    guard: (target) => privateIn(target.recent(every)) ?? Number.NaN,
  };
  return { wants: [want], needsHistory: true, test: (target) => test({ within, atLeast }, want, target) };
}

function test({ within, atLeast }: ShortLeakSettings, want: SeriesWant, target: TargetView): Verdict | undefined {
  const series = target.series(want);
  const { every = 0 } = want;
  const now = target.snapshot.uptime;
  // What warms up or fills in the first part of a window is told by the last: all of it must have been seen.
  if (!coversWindow(series, within, now) || now - series.at(0) < within - SLACK * every) return undefined;
  const run = judgeShortRun(series, { now, window: within, least: atLeast, deviate: NINETY });
  if (run === undefined) return undefined;
  const holds = target.firing ? run.grown > 0 && run.rising >= PARTS - 1 - FEW : run.stopped === undefined;
  return { met: holds, value: run.grown, limit: atLeast, unit: 'bytes', because: () => explain(run, within) };
}

function explain({ grown, level, weakest, rising, rate, stopped }: ShortRun, within: number): string {
  const part = formatDuration(within / PARTS);
  if (grown <= 0) return `no leak: no more is left behind than ${formatDuration(within)} ago`;
  const share = level > 0 ? ` (${formatValue(grown / level, 'ratio')})` : '';
  const rates = [rate.slope, rate.low, rate.high].map((slope) => formatValue(slope, 'bytes/s'));
  const left = `${formatSize(grown)}${share} more are left behind than ${formatDuration(within)} ago, ${rates[0]} (90.0 % interval ${rates[1]} to ${rates[2]})`;
  const parts = `${rising} of ${PARTS - 1} times ${part} left more than those before`;
  if (stopped !== undefined) return `no leak: ${left}, ${parts}, but ${REASONS[stopped]}`;
  return `${left}: ${parts}, the weakest of them ${formatSize(weakest)}, no slower in the end, in private memory too`;
}
