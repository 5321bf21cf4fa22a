import { describeLimit, resolveLimit } from '../../core/level.ts';
import { type Forecast, forecast } from '../../core/trend/forecast.ts';
import { FINEST } from '../../core/trend/levels.ts';
import { normalQuantile } from '../../core/trend/normal.ts';
import type { Condition, HistoryWant, TargetView, Verdict } from '../../core/types.ts';
import { formatDuration, formatSize, formatValue } from '../../core/units.ts';
import { historyOf } from '../history/sight.ts';
import { BOUNDED, foreseeLimits, LIMITS, type LimitForecast, limitHistory } from './limits.ts';
import { nameCeiling, nearestCeiling } from './nearest.ts';
import type { ForecastSettings } from './options.ts';

const HOUR = 3_600_000;

/** The finest buckets are this share of the time that is looked ahead, or those of a day's window. */
const BUCKETS = 64;

/** A history is worth another look after so many of its finest buckets, and worth a first one after these. */
const LOOK_EVERY = 8;
const FEWEST = 24;

/** What is never reached is said to be so far away, ms: a verdict has a figure. */
const NEVER = 3650 * 86_400_000;

/** Of the interval that is told. */
const NINETY = normalQuantile(0.95);

/** What was foreseen when the history was last worth a look. Kept with the history, and gone with it. */
interface Note {
  readonly newest: number;
  readonly ceiling: number;
  readonly made: Forecast | undefined;
  /** Against the processes' own limits. */
  readonly limits: readonly LimitForecast[];
  /** Uptime, ms. */
  readonly at: number;
}

/** The histories that are kept: of the measure and, where the nearest ceiling is meant, of what single processes may map. */
interface Wants {
  readonly measure: HistoryWant;
  readonly limits: readonly HistoryWant[];
}

/** Makes the condition: it holds while the level is to be reached in less than the time, with the confidence that is asked for. */
export function foreseeing(settings: ForecastSettings): Condition {
  const width = Math.min(FINEST, settings.within / BUCKETS);
  const limits = settings.limit === undefined ? LIMITS.map((name) => limitHistory(name, width)) : [];
  const wants: Wants = { measure: historyOf(settings.measure, width), limits };
  return {
    wants: [wants.measure, ...wants.limits],
    ...(limits.length > 0 && { asksLimits: true }),
    test: (target) => test(settings, wants, target),
  };
}

function test(settings: ForecastSettings, wants: Wants, target: TargetView): Verdict | undefined {
  const history = target.history(wants.measure);
  const { newest, latest } = history.levels;
  if (newest < 0) return undefined;
  const ceiling = ceilingOf(settings, target);
  const note = noteOf(wants, ceiling, target);
  const { made } = note;
  const passed = target.snapshot.uptime - note.at;
  const sure = (one: Forecast): number => sureTime(one, settings.confidence) - passed;
  const soonest = note.limits.find((one) => made === undefined || sure(one.made) < sure(made));
  const first = history.levels.rings[0];
  const early = first === undefined || newest - first.oldest < FEWEST;
  const cannotTell = early || !Number.isFinite(ceiling);
  if (made === undefined && soonest === undefined && cannotTell && latest < ceiling) return undefined;
  const seen = { made, ceiling, latest, passed };
  if (latest < ceiling && soonest) return ofLimit(settings, soonest, passed);
  return {
    met: latest >= ceiling || (made !== undefined && sure(made) <= settings.within),
    value: latest >= ceiling ? 0 : timeLeft(made, passed),
    limit: settings.within,
    unit: 'duration',
    because: () => explain(settings, seen, target),
  };
}

/** What was foreseen last; foreseen anew when there is something new. Hot: asked of every target at every snapshot. */
function noteOf({ measure, limits }: Wants, ceiling: number, target: TargetView): Note {
  const history = target.history(measure);
  const { newest } = history.levels;
  const before = history.note as Note | undefined;
  if (before?.limits && newest - before.newest < LOOK_EVERY && ceiling >= before.ceiling) return before;
  const made = Number.isFinite(ceiling) ? forecast(history.levels, ceiling, NINETY) : undefined;
  const foreseen = foreseeLimits(limits, target, NINETY);
  const soonestFirst = [...foreseen].sort((one, other) => one.made.hours - other.made.hours);
  const note: Note = { newest, ceiling, made, limits: soonestFirst, at: target.snapshot.uptime };
  history.note = note;
  return note;
}

function timeLeft(made: Forecast | undefined, passed: number): number {
  return Math.min(NEVER, Math.max(0, (made?.hours ?? NEVER) * HOUR - passed));
}

/** A limit of a process's own is reached before its cgroup's ceiling is. */
function ofLimit(settings: ForecastSettings, { nearest, made }: LimitForecast, passed: number): Verdict {
  const { name, limit } = nearest;
  const scaled = { ...made, rate: made.rate * limit };
  return {
    met: sureTime(made, settings.confidence) - passed <= settings.within,
    value: timeLeft(made, passed),
    limit: settings.within,
    unit: 'duration',
    because: () => `${BOUNDED[name]} reaches ${name} of ${formatSize(limit)}${describe(scaled, passed)}`,
  };
}

/** By when it is reached with a confidence, ms: between the forecast itself and the far end of its interval. */
function sureTime({ hours, high }: Forecast, confidence: number): number {
  const share = normalQuantile(confidence) / NINETY;
  return (share <= 0 ? hours : hours + share * (high - hours)) * HOUR;
}

/** The level that is meant, bytes. Without one it is the nearest ceiling. */
function ceilingOf({ limit, measure }: ForecastSettings, target: TargetView): number {
  if (limit !== undefined) return resolveLimit(limit, target);
  return nearestCeiling(target, target.measure(measure)?.low ?? 0);
}

function explain(
  { measure, limit }: ForecastSettings,
  { made, ceiling, latest, passed }: { made: Forecast | undefined; ceiling: number; latest: number; passed: number },
  target: TargetView,
): string {
  const level = limit
    ? describeLimit(limit, ceiling, 'bytes')
    : `${formatSize(ceiling)}, ${nameCeiling(ceiling, target)}`;
  if (latest >= ceiling) return `${measure} is ${formatSize(latest)}, past ${level}`;
  if (made === undefined) return `${measure} does not grow at one rate towards ${level}`;
  return `${measure} reaches ${level}${describe(made, passed)}`;
}

function describe(made: Forecast, passed: number): string {
  const left = (hours: number): string => formatDuration(Math.max(0, hours * HOUR - passed));
  const until = Number.isFinite(made.high) ? `to ${left(made.high)}` : 'or never';
  return (
    `, in ${left(made.hours)} (90.0 % interval ${left(made.low)} ` +
    `${until}): it grew by ${formatValue(made.rate / 3600, 'bytes/s')} in the last ${formatDuration(made.window * HOUR)}`
  );
}
