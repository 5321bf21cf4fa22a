import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import { compileGlob } from '../../core/glob.ts';
import type { Range } from '../../core/history/read.ts';
import type { ProcessInfo } from '../../core/types.ts';
import { parseRange } from '../history/range.ts';
import { UsageError } from '../world.ts';

/** What stands on one side of a comparison: files, or what of the stored history. */
export type Side =
  | { readonly kind: 'recordings'; readonly files: readonly string[] }
  | { readonly kind: 'processes'; readonly only: (process: ProcessInfo) => boolean }
  | { readonly kind: 'period'; readonly period: Range };

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
function readPeriod(text: string, now: number): Range | undefined {
  if (!text.includes('..')) return undefined;
  try {
    return parseRange(text, now);
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}
