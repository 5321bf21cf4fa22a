import { describeLimit, resolveLimit } from '../../core/level.ts';
import { type Forecast, forecast } from '../../core/trend/forecast.ts';
import { FINEST } from '../../core/trend/levels.ts';
import { normalQuantile } from '../../core/trend/normal.ts';
import type { Condition, HistoryWant, TargetView, Verdict } from '../../core/types.ts';
import { formatDuration, formatSize, formatValue } from '../../core/units.ts';
import { historyOf } from '../history/sight.ts';
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
  /** Uptime, ms. */
  readonly at: number;
}

/** Makes the condition: it holds while the level is to be reached in less than the time, with the confidence that is asked for. */
export function foreseeing(settings: ForecastSettings): Condition {
  const want = historyOf(settings.measure, Math.min(FINEST, settings.within / BUCKETS));
  return { wants: [want], test: (target) => test(settings, want, target) };
}

function test(settings: ForecastSettings, want: HistoryWant, target: TargetView): Verdict | undefined {
  const history = target.history(want);
  const { newest, latest } = history.levels;
  if (newest < 0) return undefined;
  const before = history.note as Note | undefined;
  const ceiling = ceilingOf(settings, target);
  const stale = before === undefined || newest - before.newest >= LOOK_EVERY || ceiling < before.ceiling;
  const at = target.snapshot.uptime;
  const made = stale ? forecast(history.levels, ceiling, NINETY) : before.made;
  const note = stale ? { newest, ceiling, made, at } : before;
  history.note = note;
  const first = history.levels.rings[0];
  if (made === undefined && (first === undefined || newest - first.oldest < FEWEST) && latest < ceiling)
    return undefined;
  const passed = at - note.at;
  return {
    met: latest >= ceiling || (made !== undefined && sureTime(made, settings.confidence) - passed <= settings.within),
    value: latest >= ceiling ? 0 : Math.min(NEVER, Math.max(0, (made?.hours ?? NEVER) * HOUR - passed)),
    limit: settings.within,
    unit: 'duration',
    because: () => explain(settings, { made, ceiling, latest, passed }),
  };
}

/** By when it is reached with a confidence, ms: between the forecast itself and the far end of its interval. */
function sureTime({ hours, high }: Forecast, confidence: number): number {
  const share = normalQuantile(confidence) / NINETY;
  return (share <= 0 ? hours : hours + share * (high - hours)) * HOUR;
}

/** Where there is no room left at all, a target that does not grow has still not reached anything. Bytes. */
const LEAST_ROOM = 2 ** 20;

/** The level that is meant, bytes. Without one it is the nearest ceiling, under which others leave only so much room besides what the target holds. */
function ceilingOf({ limit, measure }: ForecastSettings, target: TargetView): number {
  if (limit !== undefined) return resolveLimit(limit, target);
  const own = target.measure(measure)?.low ?? 0;
  return Math.min(target.ceiling(), own + Math.max(LEAST_ROOM, target.room()));
}

function explain(
  { measure, limit }: ForecastSettings,
  { made, ceiling, latest, passed }: { made: Forecast | undefined; ceiling: number; latest: number; passed: number },
): string {
  const level = limit ? describeLimit(limit, ceiling, 'bytes') : `${formatSize(ceiling)}, the nearest ceiling`;
  if (latest >= ceiling) return `${measure} is ${formatSize(latest)}, past ${level}`;
  if (made === undefined) return `${measure} does not grow at one rate towards ${level}`;
  const left = (hours: number): string => formatDuration(Math.max(0, hours * HOUR - passed));
  const until = Number.isFinite(made.high) ? `to ${left(made.high)}` : 'or never';
  return (
    `${measure} reaches ${level}, in ${left(made.hours)} (90.0 % interval ${left(made.low)} ` +
    `${until}): it grew by ${formatValue(made.rate / 3600, 'bytes/s')} in the last ${formatDuration(made.window * HOUR)}`
  );
}
