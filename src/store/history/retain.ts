import type { Database } from '../database.ts';
import { dropBlocks, periodsOf } from './blocks.ts';
import type { Work } from './promote.ts';
import { LEVELS, levelAt } from './schema.ts';

/** How much is kept. */
export interface Retention {
  /** For so long, ms. */
  readonly age: number;
  /** The file may have so many bytes. */
  readonly size: number;
}

/** Rows that are dropped in one step, and pages given back. */
const DROPPED = 200;
const PAGES = 64;
/** Shrunk to a little less, so that it is not done again at once. */
const SHRUNK = 0.95;
/** Events may take this part of the file, so that a storm of them leaves the figures alone. */
const EVENTS = 0.25;
/** What a row takes beside its text, bytes; and so many rows say how long texts are now. */
const ROW = 24;
const SAMPLED = 200;
/** What is not given back, as it will be needed again: a part of the file. */
const SLACK = 0.02;

/** Drops what is too old or too much, and gives the room back to the disk. */
export function* retain(database: Database, now: number, { age, size }: Retention): Work {
  for (let level = 1; level < LEVELS.length; level += 1) yield* dropUntil(database, level, now - age);
  yield* boundEvents(database, size * EVENTS);
  if (sizeOf(database).used > size) yield* shrink(database, size * SHRUNK);
  const oldest = oldestPeriod(database);
  if (oldest !== undefined) yield* forget(database, Math.max(now - age, oldest.begin));
  yield* giveBack(database);
}

function* dropUntil(database: Database, level: number, horizon: number): Work {
  const { period: length } = levelAt(level);
  for (const period of periodsOf(database, level)) {
    if ((period + 1) * length > horizon) return;
    yield* drop(database, level, period);
  }
}

/** Drops the oldest events where there are more than may be, bytes. Their number is known from their ids: they go in that order. */
function* boundEvents(database: Database, most: number): Work {
  const [ids] = database.prepare('SELECT min(id) AS first, max(id) AS last FROM events').all();
  const lengths = 'SELECT length(data) AS bytes FROM events ORDER BY id DESC LIMIT ?';
  const [sample] = database.prepare(`SELECT avg(bytes) AS bytes FROM (${lengths})`).all(SAMPLED);
  const room = Math.floor(most / (Number(sample?.bytes ?? 0) + ROW));
  const drop = database.prepare(
    'DELETE FROM events WHERE id IN (SELECT id FROM events WHERE id <= ? ORDER BY id LIMIT ?)',
  );
  while (drop.run(Number(ids?.last ?? 0) - room, DROPPED) === DROPPED) yield;
  yield;
}

function* drop(database: Database, level: number, period: number): Work {
  while (dropBlocks(database, { level, period }, DROPPED) === DROPPED) yield;
  yield;
}

/** The oldest goes first, whatever its level. */
function* shrink(database: Database, size: number): Work {
  while (sizeOf(database).used > size) {
    const oldest = oldestPeriod(database);
    if (oldest === undefined) return;
    yield* drop(database, oldest.level, oldest.period);
    const next = oldestPeriod(database);
    yield* forget(database, next?.begin ?? Number.MAX_SAFE_INTEGER);
  }
}

/** Where the oldest points stand, and when they began. What is fresh is never dropped. */
function oldestPeriod(database: Database): { level: number; period: number; begin: number } | undefined {
  let oldest: { level: number; period: number; begin: number } | undefined;
  for (let level = 1; level < LEVELS.length; level += 1) {
    const { value: period } = periodsOf(database, level).next();
    if (typeof period !== 'number') continue;
    const begin = period * levelAt(level).period;
    if (oldest === undefined || begin < oldest.begin) oldest = { level, period, begin };
  }
  return oldest;
}

/** What ended before a time of history is no more: events, and the series that have no points left. */
function* forget(database: Database, horizon: number): Work {
  const [row] = database.prepare('SELECT max(id) AS era FROM eras').all();
  const era = Number(row?.era ?? 0);
  const steps: (readonly [string, ...number[]])[] = [
    ['DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at < ? ORDER BY id LIMIT ?)', horizon],
    [OLD_TRACKS, horizon, horizon, era],
    [`DELETE FROM identities WHERE id IN (SELECT id FROM identities WHERE ${UNUSED} LIMIT ?)`],
  ];
  for (const [sql, ...values] of steps) {
    const drop = database.prepare(sql);
    while (drop.run(...values, DROPPED) === DROPPED) yield;
    yield;
  }
  const used = 'SELECT 1 FROM tracks WHERE tracks.era = eras.id';
  database.prepare(`DELETE FROM eras WHERE last < ? AND NOT EXISTS (${used})`).run(horizon);
}

/** Whoever still lives may be read again, however long ago that was done last. */
const OLD_TRACKS = `DELETE FROM tracks WHERE id IN (
  SELECT id FROM tracks WHERE last < ? AND ended < ? AND (ended > 0 OR era < ?) ORDER BY id LIMIT ?)`;
const UNUSED = 'NOT EXISTS (SELECT 1 FROM tracks WHERE identity = identities.id)';

function* giveBack(database: Database): Work {
  while (true) {
    const { free, pages } = sizeOf(database);
    if (free <= Math.max(PAGES, pages * SLACK)) return;
    database.exec(`PRAGMA incremental_vacuum(${PAGES})`);
    yield;
  }
}

/** What the file takes: pages, those among them that are free, and bytes in use. */
export function sizeOf(database: Database): { pages: number; free: number; used: number } {
  const figure = (name: string): number => Number(database.prepare(`PRAGMA ${name}`).all()[0]?.[name] ?? 0);
  const pages = figure('page_count');
  const free = figure('freelist_count');
  return { pages, free, used: (pages - free) * figure('page_size') };
}
