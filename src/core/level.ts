import { ramOf } from './measure.ts';
import type { Measure, TargetView, Unit } from './types.ts';
import { formatValue, parseDuration, parseLevel, parsePercent } from './units.ts';

/** The unit of each measure: it says how a limit of it is written. */
export const UNIT_OF: Readonly<Record<Measure, Unit>> = {
  pss: 'bytes',
  swap: 'bytes',
  memory: 'bytes',
  uss: 'bytes',
  anon: 'bytes',
  file: 'bytes',
  shmem: 'bytes',
  dirty: 'bytes',
  rss: 'bytes',
  count: 'count',
  age: 'duration',
  available: 'bytes',
  total: 'bytes',
  unaccounted: 'bytes',
  coverage: 'ratio',
  undecided: 'count',
};

/** What a measure is compared with: a figure in the measure's own unit, or a share of something that only the host knows. */
export type Limit =
  | { readonly of: 'fixed'; readonly value: number }
  | { readonly of: 'ram' | 'limit'; readonly ratio: number };

/** Reads a limit as the measure wants it: `500MiB` or `80% of limit`, `10m` for age, `90%` for coverage, a number for count. @throws Error that says what to write. */
export function parseLimit(measure: Measure, written: unknown): Limit {
  const unit = UNIT_OF[measure];
  if (unit === 'count') return { of: 'fixed', value: parseCount(written) };
  if (typeof written !== 'string') throw new Error(`${String(written)} has no unit: write ${EXAMPLES[unit]}`);
  if (unit === 'duration') return { of: 'fixed', value: parseDuration(written) };
  if (unit === 'ratio') return { of: 'fixed', value: parsePercent(written) };
  const level = parseLevel(written);
  return level.of === 'fixed' ? { of: 'fixed', value: level.bytes } : level;
}

/** The limit for one target, in the measure's unit. Infinite where it is a share of what nobody knows. */
export function resolveLimit(limit: Limit, target: TargetView): number {
  if (limit.of === 'fixed') return limit.value;
  return limit.ratio * (limit.of === 'ram' ? ramOf(target.snapshot) : target.ceiling());
}

/** A resolved limit for people: `819 MiB (80 % of limit)`. */
export function describeLimit(limit: Limit, resolved: number, unit: Unit): string {
  const text = formatValue(resolved, unit);
  return limit.of === 'fixed' ? text : `${text} (${formatValue(limit.ratio, 'ratio')} of ${limit.of})`;
}

const EXAMPLES: Partial<Record<Unit, string>> = {
  bytes: '500MiB or 80% of limit',
  duration: '90s or 1h30m',
  ratio: '90%',
};

function parseCount(written: unknown): number {
  if (typeof written === 'number' && written >= 0) return written;
  throw new Error(`${JSON.stringify(written)} is not a count: write a number without a unit, such as 10`);
}
