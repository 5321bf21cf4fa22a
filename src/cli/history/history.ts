import { resolve } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import type { HistoryReader } from '../../core/history/read.ts';
import { type Given, textOf } from '../options.ts';
import { findPlaces } from '../places.ts';
import { defaultStateFolder } from '../watch/folder.ts';
import { Failure, type World } from '../world.ts';
import { writeAll } from '../writer.ts';
import { type HistoryRequest, readHistoryRequest } from './request.ts';
import { rowsOf } from './rows.ts';
import { eventLines, historyCsv, historyJson, historyTable } from './show.ts';

/** Shows what is stored. @returns the exit code: 1 where nothing is. */
export async function history(given: Given, world: World): Promise<number> {
  const request = readHistoryRequest(given, Date.now());
  const reader = await openStoredHistory(given, world);
  try {
    const texts = textsOf(reader, request, world);
    if (texts === undefined) {
      world.stderr.write(`psstop: ${nothing(reader)}\n`);
      return 1;
    }
    await writeAll(world.stdout, texts);
    return 0;
  } finally {
    reader.close();
  }
}

/** What is to be shown, piece by piece; undefined where there is nothing. */
function textsOf(reader: HistoryReader, request: HistoryRequest, { stdout }: World): Iterable<string> | undefined {
  if (request.events) {
    const events = reader.events(request.range);
    return events.length > 0 ? eventLines(events, request.format === 'json') : undefined;
  }
  const rows = rowsOf(reader, request);
  if (rows.length === 0) return undefined;
  if (request.format === 'json') return historyJson(rows);
  if (request.format === 'csv') return historyCsv(rows);
  return [historyTable(rows, stdout.isTTY ? stdout.columns : undefined)];
}

function nothing(reader: HistoryReader): string {
  const span = reader.span();
  if (span === undefined) return 'nothing is stored yet: psstop watch does so once a minute';
  const [since, until] = [span.since, span.until].map((time) => new Date(time).toISOString());
  return `nothing of that is stored; there is something from ${since} to ${until}`;
}

/** Opens the history that --state names, or the one that the watchdog of this machine keeps. @throws Failure where there is none. */
export async function openStoredHistory(given: Given, world: World): Promise<HistoryReader> {
  const folder = await storedIn(given, world);
  const { openHistory } = await import('../../store/history/reader.ts');
  try {
    return await openHistory(folder);
  } catch (error) {
    const { fault } = error as { fault?: string };
    if (fault === undefined) throw error;
    throw new Failure(`${messageOf(error)}${hintFor(fault)}`);
  }
}

function hintFor(fault: string): string {
  if (fault === 'corrupt') return ': it is set aside, and a new one begun, by psstop watch';
  return ': psstop watch keeps it in its state folder; --state names another';
}

async function storedIn(given: Given, { env }: World): Promise<string> {
  const asked = textOf(given, 'state');
  if (asked !== undefined) return resolve(asked);
  const { config } = findPlaces({ values: { config: given.values.config }, operands: [] }, env);
  if (config === undefined) return defaultStateFolder(env);
  const { loadConfig } = await import('../../config/load.ts');
  const { compileSettings } = await import('../../config/settings.ts');
  const data = await loadConfig({ config, env, stored: true });
  const { state } = compileSettings(data, env);
  if (state === 'none') throw new Failure(`${config} says that no state is kept, and so there is no history`);
  return state ?? defaultStateFolder(env);
}
