import { compileGlob } from '../../core/glob.ts';
import type { LifeFilter, Range } from '../../core/history/read.ts';
import { type Given, readOf, textOf } from '../options.ts';
import { UsageError } from '../world.ts';
import { parseMoment, parseRange } from './range.ts';

/** What the rows of a history are. */
export const HISTORY_BY = ['name', 'unit', 'container', 'process', 'host'] as const;
export type HistoryBy = (typeof HISTORY_BY)[number];

/** What a call of `psstop history` asks for. */
export interface HistoryRequest {
  readonly by: HistoryBy;
  readonly range: Range;
  readonly filter: LifeFilter;
  /** Keeps this many rows, those that held most. */
  readonly top?: number;
  readonly format: 'table' | 'json' | 'csv';
  /** What happened is asked for, and not what was held. */
  readonly events: boolean;
}

/** Looked back so far where nothing is said, ms. */
const USUAL = 86_400_000;

/** Reads the options. @throws UsageError where they make no sense. */
export function readHistoryRequest(given: Given, now: number): HistoryRequest {
  const { json, csv, events } = given.values;
  if (json && csv) throw new UsageError('--json or --csv: one of them');
  if (csv && events) throw new UsageError('--events are lines, or --json: there is no CSV of them');
  const range = rangeOf(given, now);
  const pid = readOf(given, 'pid', readNumber);
  const top = readOf(given, 'top', readNumber);
  return {
    by: byOf(given, pid),
    range,
    filter: { ...range, ...globsOf(given), ...(pid !== undefined && { pid }) },
    ...(top !== undefined && { top }),
    format: json ? 'json' : csv ? 'csv' : 'table',
    events: events === true,
  };
}

function rangeOf(given: Given, now: number): Range {
  const range = readOf(given, 'range', (text) => parseRange(text, now));
  const since = readOf(given, 'since', (text) => parseMoment(text, now));
  const until = readOf(given, 'until', (text) => parseMoment(text, now));
  if (range && (since !== undefined || until !== undefined))
    throw new UsageError('--range, or --since and --until: not both');
  if (range) return range;
  if (since !== undefined && until !== undefined && since > until) throw new UsageError('--since comes after --until');
  return { since: since ?? (until ?? now) - USUAL, ...(until !== undefined && { until }) };
}

function globsOf(given: Given): LifeFilter {
  const globs: { -readonly [K in 'name' | 'unit' | 'container']?: (text: string) => boolean } = {};
  for (const key of ['name', 'unit', 'container'] as const) {
    const glob = textOf(given, key);
    if (glob !== undefined) globs[key] = compileGlob(glob);
  }
  return globs;
}

/** A sum has one key: whoever asks for two things asks for processes. */
function byOf(given: Given, pid: number | undefined): HistoryBy {
  const asked = (['name', 'unit', 'container'] as const).filter((key) => textOf(given, key) !== undefined);
  const by = textOf(given, 'by') as HistoryBy | undefined;
  if (by === undefined) return pid !== undefined || asked.length > 1 ? 'process' : (asked[0] ?? 'name');
  const other = asked.find((key) => key !== by);
  if (by !== 'process' && (other !== undefined || pid !== undefined))
    throw new UsageError(`--by ${by} has no ${other ?? 'pid'}: write --by process`);
  return by;
}

function readNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`"${text}" is not a number`);
  return Number(text);
}
