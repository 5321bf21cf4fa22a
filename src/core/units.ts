import { rightTime } from './spelling.ts';
import type { Bounds, Unit } from './types.ts';

/**
 * Sizes, durations, rates and shares: read and print. Binary and decimal prefixes are told apart (IEC 80000-13),
 * a number without a unit is refused, and nothing is rounded when read. Every reader throws a plain Error that says
 * what was expected and what to write instead.
 */

const SIZES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};
const DURATIONS: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7, w: 6.048e8 };

const NUMBER = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/;

/** Reads a size: `500MiB`, `1.5 GB`. @returns bytes. */
export function parseSize(text: string): number {
  const [number, unit] = split(text, 'size', '500MiB or 1.5GB');
  const factor = SIZES[unit];
  if (factor !== undefined) return number * factor;
  const right = Object.keys(SIZES).find((name) => sameUnit(name, unit));
  const hint = right ? `write "${number}${right}"` : `the units are ${Object.keys(SIZES).join(' ')}`;
  throw new Error(`${unit === '' ? `size "${text}" has no unit` : `unknown unit "${unit}" in "${text}"`}: ${hint}`);
}

/** Reads a duration: `90s`, `1h30m`, `7d`. @returns ms. */
export function parseDuration(text: string): number {
  const trimmed = text.trim();
  if (!/^(\d+(\.\d+)?\s*[A-Za-z]+\s*)+$/.test(trimmed)) {
    const hint = /^\d+(\.\d+)?$/.test(trimmed) ? `: a unit is missing, write "${trimmed}s"` : ': write 90s or 1h30m';
    throw new Error(`"${text}" is not a duration${hint}`);
  }
  let total = 0;
  for (const [, number, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)\s*([A-Za-z]+)/g)) {
    const factor = DURATIONS[unit ?? ''];
    if (factor === undefined) {
      throw new Error(`unknown unit "${unit}" in "${text}": ${rightTime(trimmed, DURATIONS)}`);
    }
    total += Number(number) * factor;
  }
  return total;
}

/** Shortest time from one snapshot to the next, ms: reading PSS holds up the process that is read. */
const SHORTEST_INTERVAL = 100;

/** Reads the time from one snapshot to the next. @returns ms. */
export function parseInterval(text: string): number {
  const interval = parseDuration(text);
  if (interval >= SHORTEST_INTERVAL) return interval;
  throw new Error(`an interval of ${formatDuration(interval)} is too short: write ${SHORTEST_INTERVAL}ms or more`);
}

/** A rate of growth: so many bytes a second, or such a share of the level a second. */
export interface Rate {
  readonly unit: 'bytes/s' | 'ratio/s';
  readonly perSecond: number;
}

/** Reads a rate: `5MiB/h`, `10%/d`, `100kB/10s`. */
export function parseRate(text: string): Rate {
  const slash = text.lastIndexOf('/');
  const amount = text.slice(0, slash).trim();
  const per = text.slice(slash + 1).trim();
  if (slash < 1 || per === '') throw new Error(`"${text}" is not a rate: write 5MiB/h or 10%/d`);
  const seconds = parseDuration(/^\d/.test(per) ? per : `1${per}`) / 1000;
  if (seconds <= 0) throw new Error(`"${text}" is not a rate: the time after the slash must be longer than 0`);
  if (amount.endsWith('%')) return { unit: 'ratio/s', perSecond: parsePercent(amount) / seconds };
  return { unit: 'bytes/s', perSecond: parseSize(amount) / seconds };
}

/** Reads `80%`. @returns a ratio: 0.8. */
export function parsePercent(text: string): number {
  const found = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
  if (!found) {
    const right = /^\d+(\.\d+)?$/.test(text.trim()) ? `${text.trim()}%` : '80%';
    throw new Error(`"${text}" is not a percentage: write ${right}`);
  }
  return Number(found[1]) / 100;
}

/** A limit as written in a rule: fixed, or a share of something that is known only on the host. */
export type Level =
  | { readonly of: 'fixed'; readonly bytes: number }
  | { readonly of: 'ram' | 'limit'; readonly ratio: number };

/** Reads `500MiB`, `10% of ram` or `80% of limit`. */
export function parseLevel(text: string): Level {
  const share = /^(.*%)\s+of\s+(\S+)$/.exec(text.trim());
  if (!share) {
    const [, number, whole] = /^(\d+(?:\.\d+)?)\s*(?:%|percent)?\s*of\s+(ram|limit)$/.exec(text.trim()) ?? [];
    if (whole !== undefined) throw new Error(`"${text}" is not a share: write "${number}% of ${whole}"`);
    if (text.trim().endsWith('%')) throw new Error(`"${text}": of what? Write "${text.trim()} of limit" or "… of ram"`);
    return { of: 'fixed', bytes: parseSize(text) };
  }
  const [, percent = '', of = ''] = share;
  if (of !== 'ram' && of !== 'limit') throw new Error(`"${text}": a share can be of ram or of limit, not of "${of}"`);
  return { of, ratio: parsePercent(percent) };
}

/** Prints bytes with a binary prefix and about three digits: `1.46 GiB`. */
export function formatSize(bytes: number): string {
  const size = Math.abs(bytes);
  if (size < 1024) return `${Math.round(bytes)} B`;
  const power = Math.min(4, Math.floor(Math.log2(size) / 10 + 1e-9));
  const name = ['B', 'KiB', 'MiB', 'GiB', 'TiB'][power] ?? 'B';
  return `${threeDigits(bytes / 2 ** (10 * power))} ${name}`;
}

/** Prints ms with its two largest units: `1h30m`, `2d`, `450ms`. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms < 1000) return `${Math.round(ms)}ms`;
  let rest = Math.round(ms / 1000);
  const parts: string[] = [];
  for (const [name, seconds] of [
    ['d', 86400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(rest / seconds);
    if (count > 0) parts.push(`${count}${name}`);
    else if (parts.length > 0) break;
    rest -= count * seconds;
    if (parts.length === 2) break;
  }
  return parts.join('') || '0s';
}

const AGES = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const;

/** Prints how long ago something was with one unit, rounded down: `35s`, `12m`, `3h`. At most four characters in three years. */
export function formatAge(ms: number): string {
  for (const [name, length] of AGES) if (ms >= length) return `${Math.floor(ms / length)}${name}`;
  return `${Math.floor(ms / 1000)}s`;
}

/** Bounds for people: `612 MiB`, `400 MiB to 600 MiB`, `at most 600 MiB`, `at least 400 MiB`. */
export function formatBounds({ low, high }: Bounds, unit: Unit): string {
  if (low === high) return formatValue(low, unit);
  if (high === Number.POSITIVE_INFINITY) return low <= 0 ? 'not known' : `at least ${formatValue(low, unit)}`;
  return low <= 0 ? `at most ${formatValue(high, unit)}` : `${formatValue(low, unit)} to ${formatValue(high, unit)}`;
}

/** Prints how many there are: `1 rule`, `2 rules`, `3 processes`. */
export function formatCount(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : what.endsWith('s') ? 'es' : 's'}`;
}

/** Prints a value in its unit. Rates are given per hour, the scale on which memory grows. */
export function formatValue(value: number, unit: Unit): string {
  switch (unit) {
    case 'bytes':
      return formatSize(value);
    case 'bytes/s':
      return `${formatSize(value * 3600)}/h`;
    case 'ratio/s':
      return `${threeDigits(value * 360000)} %/h`;
    case 'ratio':
      return `${threeDigits(value * 100)} %`;
    case 'duration':
      return formatDuration(value);
    case 'count':
      return String(Math.round(value * 1000) / 1000);
  }
}

function split(text: string, what: string, examples: string): [number, string] {
  const found = NUMBER.exec(text.trim());
  if (!found) throw new Error(`"${text}" is not a ${what}: write ${examples}`);
  return [Number(found[1]), found[2] ?? ''];
}

/** `mb`, `Mb`, `mib`, `M` and Kubernetes' `Mi` all mean a unit that we have. */
function sameUnit(name: string, written: string): boolean {
  const plain = (unit: string): string => unit.toLowerCase().replace(/b$/, '');
  return (
    written !== '' &&
    (name.toLowerCase() === written.toLowerCase() || plain(name) === `${plain(written).replace(/i$/, '')}i`)
  );
}

function threeDigits(value: number): string {
  const digits = Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2;
  return value.toFixed(digits);
}
