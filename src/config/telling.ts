import { OptionError } from '../core/errors.ts';
import { suggest } from '../core/nearest.ts';
import { DAY_NAMES, parseClock, parseDays, type TimeWindow } from '../core/telling/window.ts';
import { wallTime } from '../core/telling/zone.ts';
import type { Grouping, Rule } from '../core/types.ts';
import { parseDuration } from '../core/units.ts';
import type { RuleData, WindowData } from './data.ts';
import type { Path } from './place.ts';

type Telling = Pick<Rule, 'during' | 'except' | 'inhibitedBy' | 'group' | 'storm'>;

const MIDNIGHT = 24 * 60;

/** Who is told of a rule, and when. @throws OptionError */
export function tellingOf(data: RuleData): Telling {
  const { during, except, group, storm } = data;
  const inhibitedBy = inhibitorsOf(data);
  return {
    ...(during !== undefined && { during: windowsOf(during, ['during']) }),
    ...(except !== undefined && { except: windowsOf(except, ['except']) }),
    ...(inhibitedBy.length > 0 && { inhibitedBy }),
    ...(group !== undefined && { group: groupingOf(group) }),
    ...(storm !== undefined && { storm }),
  };
}

/** The rules that hold a rule. */
function inhibitorsOf({ 'inhibited-by': names = [] }: Pick<RuleData, 'inhibited-by'>): readonly string[] {
  return typeof names === 'string' ? [names] : names;
}

function groupingOf({ by = 'rule', wait = '30s', interval = '5m' }: NonNullable<RuleData['group']>): Grouping {
  return { by: [by].flat(), wait: parseDuration(wait), interval: parseDuration(interval) };
}

/** Times of the day on days of the week. @param path to them. @throws OptionError */
export function windowsOf(data: WindowData | readonly WindowData[], path: Path): TimeWindow[] {
  if (!isList(data)) return [windowOf(data, path)];
  return data.map((one, index) => windowOf(one, [...path, index]));
}

function windowOf({ days, from, to, zone }: WindowData, path: Path): TimeWindow {
  const window = {
    days: days === undefined ? DAY_NAMES.map((_, day) => day) : [...new Set([days].flat().flatMap(parseDays))],
    from: from === undefined ? 0 : parseClock(from),
    to: to === undefined ? MIDNIGHT : parseClock(to),
    zone: zone ?? hostZone(),
  };
  if (window.from === window.to)
    throw new OptionError([...path, 'to'], 'it ends where it begins: leave from and to out for whole days');
  if (window.from === MIDNIGHT)
    throw new OptionError([...path, 'from'], 'the end of a day is no beginning: write 00:00');
  if (zone !== undefined) checkZone(zone, [...path, 'zone']);
  return window;
}

/** @throws OptionError when there is no such time zone. */
function checkZone(zone: string, path: Path): void {
  try {
    wallTime(zone, 0);
  } catch {
    const known = Intl.supportedValuesOf('timeZone');
    throw new OptionError(path, `there is no time zone "${zone}": ${suggest(zone, known, 'time zones')}`);
  }
}

function hostZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function isList<T>(data: T | readonly T[]): data is readonly T[] {
  return Array.isArray(data);
}
