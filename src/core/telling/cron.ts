import { DAY_NAMES } from './window.ts';
import { instantOf, wallTime } from './zone.ts';

/** When something recurs: the values of each field at which it does (crontab(5), POSIX). */
export interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Both kinds of days are restricted: one of them is enough then. */
  readonly eitherDay: boolean;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;
/** Months and days can be named such that there is none for so long: 29 February, over a year without one, twice. */
const FARTHEST = 9 * 366;

interface Moment {
  readonly zone: string;
  /** Unix ms. */
  readonly time: number;
}

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly words?: { readonly from: number; readonly names: readonly string[] };
}

const FIELDS: readonly Field[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, words: { from: 1, names: MONTHS } },
  { name: 'day of the week', least: 0, most: 7, words: { from: 0, names: DAY_NAMES } },
];

/** Reads five fields: minute, hour, day of the month, month, day of the week. @throws Error naming the field that is wrong. */
export function parseCron(text: string): Cron {
  const written = text.trim().split(/\s+/);
  if (written.length !== FIELDS.length) {
    throw new Error(`"${text}" is no cron expression: write minute hour day month weekday, such as 0 2 * * mon-fri`);
  }
  const [minutes, hours, days, months, weekdays] = FIELDS.map((field, index) =>
    parseField(written[index] ?? '', field),
  ) as [Set<number>, Set<number>, Set<number>, Set<number>, Set<number>];
  // 0 and 7 are both Sunday.
  if (weekdays.delete(7)) weekdays.add(0);
  const restricted = (field = ''): boolean => !field.startsWith('*');
  return { minutes, hours, days, months, weekdays, eitherDay: restricted(written[2]) && restricted(written[4]) };
}

/**
 * The last moment, not later than `time`, at which an expression came round on the wall clock of a zone; undefined where
 * there is none within `within` ms. An hour that is shown twice counts once.
 */
export function lastRound(cron: Cron, { zone, time, within }: Moment & { within: number }): number | undefined {
  const today = Math.floor(wallTime(zone, time) / DAY) * DAY;
  // A day more than asked for: wall clocks may have been put forward or back meanwhile.
  const days = Math.min(FARTHEST, Math.ceil(within / DAY) + 1);
  for (let back = 0; back <= days; back += 1) {
    const day = today - back * DAY;
    if (!isDay(cron, new Date(day))) continue;
    const found = lastOn(cron, day, { zone, time });
    if (found !== undefined) return time - found <= within ? found : undefined;
  }
  return undefined;
}

/** Where a clock is put forward a later reading may come earlier: so far back, ms, there may be one that came later still. */
const DISORDER = 3 * HOUR;

function lastOn({ hours, minutes }: Cron, day: number, { zone, time }: Moment): number | undefined {
  const newest = wallTime(zone, time) + DISORDER;
  const walls = [...hours].flatMap((hour) => [...minutes].map((minute) => day + hour * HOUR + minute * MINUTE));
  let last: { wall: number; at: number } | undefined;
  for (const wall of walls.filter((one) => one <= newest).sort((a, b) => b - a)) {
    if (last !== undefined && wall < last.wall - DISORDER) break;
    const at = instantOf(zone, wall);
    if (at <= time && (last === undefined || at > last.at)) last = { wall: last?.wall ?? wall, at };
  }
  return last?.at;
}

function isDay({ days, months, weekdays, eitherDay }: Cron, date: Date): boolean {
  if (!months.has(date.getUTCMonth() + 1)) return false;
  const byDate = days.has(date.getUTCDate());
  const byWeekday = weekdays.has(date.getUTCDay());
  return eitherDay ? byDate || byWeekday : byDate && byWeekday;
}

function parseField(text: string, field: Field): Set<number> {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [, range, step = '1'] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(part) ?? [];
    if (range === undefined || Number(step) < 1) throw wrong(text, field);
    const [from, to] = rangeOf(range, field, part.includes('/'));
    if (!(from <= to)) throw wrong(text, field);
    for (let value = from; value <= to; value += Number(step)) values.add(value);
  }
  return values;
}

function rangeOf(text: string, field: Field, stepped: boolean): [number, number] {
  if (text === '*') return [field.least, field.most === 7 ? 6 : field.most];
  const [first = '', last, ...rest] = text.split('-');
  if (rest.length > 0) throw wrong(text, field);
  const from = readValue(first, field);
  // `5/10` begins at 5, as cron has it.
  return [from, last === undefined ? (stepped ? field.most : from) : readValue(last, field)];
}

function readValue(text: string, field: Field): number {
  const named = field.words?.names.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0 && field.words) return named + field.words.from;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= field.least && value <= field.most)) throw wrong(text, field);
  return value;
}

function wrong(text: string, { name, least, most, words }: Field): Error {
  const also = words ? ` or a name such as ${words.names[1]}` : '';
  return new Error(
    `"${text}" is no ${name} of a cron expression: write ${least} to ${most}${also}, *, a list, a range or a step`,
  );
}
