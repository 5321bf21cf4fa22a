import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compileGlob } from '../../core/glob.ts';
import type { ProcessInfo } from '../../core/types.ts';
import { parseDuration } from '../../core/units.ts';
import { UsageError } from '../world.ts';

/** What stands on one side of a comparison: files, or what of the stored history. */
export type Side =
  | { readonly kind: 'recordings'; readonly files: readonly string[] }
  | { readonly kind: 'processes'; readonly only: (process: ProcessInfo) => boolean }
  | { readonly kind: 'period'; readonly period: Period };

/** Unix ms; absent: as far as there is anything. */
export interface Period {
  readonly since?: number;
  readonly until?: number;
}

/** Recordings end so, packed or not; other files of a folder are left alone. */
const RECORDING = /\.(ndjson|jsonl|rec)(\.gz)?$/;

/** Reads one operand. What is there as a file is one. @param now Unix ms. @throws UsageError */
export function readSide(text: string, now: number): Side {
  const found = statSync(text, { throwIfNoEntry: false });
  if (found?.isDirectory()) return { kind: 'recordings', files: recordingsIn(text) };
  if (found) return { kind: 'recordings', files: [text] };
  const [, kind = '', wanted = ''] = /^(unit|build|exe):(.+)$/.exec(text) ?? [];
  if (kind !== '') {
    const matches = compileGlob(wanted);
    return { kind: 'processes', only: (process) => matches(process[kind as 'unit' | 'build' | 'exe'] ?? '') };
  }
  const period = readPeriod(text, now);
  if (period) return { kind: 'period', period };
  const ways = 'a recording, a folder of them, unit:NAME, build:HASH, exe:PATH, or a period such as -2d..-1d';
  throw new UsageError(`there is no ${text}: write ${ways}`);
}

function recordingsIn(folder: string): string[] {
  const files = readdirSync(folder)
    .filter((file) => RECORDING.test(file))
    .sort();
  if (files.length === 0) throw new UsageError(`there is no recording in ${folder}: they end in .ndjson or .ndjson.gz`);
  return files.map((file) => join(folder, file));
}

/** `FROM..TO`, of which one may be left out. */
function readPeriod(text: string, now: number): Period | undefined {
  const [from, to, ...more] = text.split('..');
  if (from === undefined || to === undefined || more.length > 0 || from + to === '') return undefined;
  const since = readMoment(from, text, now);
  const until = readMoment(to, text, now);
  if (since !== undefined && until !== undefined && since >= until)
    throw new UsageError(`${text} ends before it begins`);
  return { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/;

/** `-2d`, or a day or moment by ISO 8601, in this host's zone where it names none. */
function readMoment(moment: string, text: string, now: number): number | undefined {
  if (moment === '') return undefined;
  const time = moment.startsWith('-') ? now - durationOf(moment.slice(1)) : dateOf(moment);
  if (!Number.isNaN(time)) return time;
  throw new UsageError(`"${moment}" in ${text} is no moment: write -2d, 2026-11-01 or 2026-11-01T12:00`);
}

function durationOf(text: string): number {
  try {
    return parseDuration(text);
  } catch {
    return Number.NaN;
  }
}

function dateOf(text: string): number {
  if (DAY.test(text)) return Date.parse(`${text}T00:00`);
  return MOMENT.test(text) ? Date.parse(text) : Number.NaN;
}
