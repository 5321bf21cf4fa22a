import type { Points } from '../../core/history/buckets.ts';
import { BlockError, packColumns, unpackColumns } from '../../core/history/columns.ts';
import { coarseOf, type Kind, shapeOf } from '../../core/history/shapes.ts';
import type { Database } from '../database.ts';
import { LEVELS, levelAt } from './schema.ts';

/** Where a block stands. */
export interface Place {
  readonly level: number;
  readonly period: number;
  readonly track: number;
}

/**
 * Beyond what is fresh, period and series are one number: rows by their number alone may be of any size and follow each other without
 * gaps, where two columns would leave half of each page empty. 2^20 hours, the most that 2^53 leaves room for, end in the year 2089.
 */
const TRACKS = 2 ** 33;

/** How rows of a level are found and read; `track` and `period` are what they are called in a result. */
interface Table {
  readonly name: string;
  readonly columns: string;
  put(place: Place): readonly number[];
  readonly one: string;
  readonly all: string;
  period(period: number): readonly number[];
  /** The first row from a period on. */
  readonly from: string;
  begin(period: number): number;
}

const FRESH: Table = {
  name: 'blocks0',
  columns: 'period, track',
  put: ({ period, track }) => [period, track],
  one: 'period = ? AND track = ?',
  all: 'period = ?',
  period: (period) => [period],
  from: 'SELECT period FROM blocks0 WHERE period >= ? ORDER BY period LIMIT 1',
  begin: (period) => period,
};

function numbered(name: string): Table {
  return {
    name,
    columns: `id / ${TRACKS} AS period, id % ${TRACKS} AS track`,
    put: ({ period, track }) => [period * TRACKS + track],
    one: 'id = ?',
    all: 'id >= ? AND id < ?',
    period: (period) => [period * TRACKS, (period + 1) * TRACKS],
    from: `SELECT id / ${TRACKS} AS period FROM ${name} WHERE id >= ? ORDER BY id LIMIT 1`,
    begin: (period) => period * TRACKS,
  };
}

const TABLES: readonly Table[] = [FRESH, ...[1, 2, 3].map((level) => numbered(`blocks${level}`))];

function tableOf(level: number): Table {
  return TABLES[level] ?? FRESH;
}

/** Keeps the points of a series for a period; they are packed as those of its level are. */
export function putBlock(database: Database, place: Place, data: Uint8Array): void {
  const { name, put } = tableOf(place.level);
  const key = put(place);
  database.prepare(`INSERT OR REPLACE INTO ${name} VALUES (${key.map(() => '?').join(', ')}, ?)`).run(...key, data);
}

/** Whether a series has points in a period. */
export function hasBlock(database: Database, place: Place): boolean {
  const { name, one, put } = tableOf(place.level);
  return database.prepare(`SELECT 1 FROM ${name} WHERE ${one}`).all(...put(place)).length > 0;
}

/** The block of a series in a period; undefined where there is none. */
export function blockOf(database: Database, place: Place): Uint8Array | undefined {
  const { name, one, put } = tableOf(place.level);
  const [row] = database.prepare(`SELECT data FROM ${name} WHERE ${one}`).all(...put(place));
  return row?.data instanceof Uint8Array ? row.data : undefined;
}

/** All blocks of a period, by series. */
export function blocksIn(database: Database, level: number, period: number): { track: number; data: Uint8Array }[] {
  const table = tableOf(level);
  const sql = `SELECT ${table.columns}, data FROM ${table.name} WHERE ${table.all}`;
  const rows = database.prepare(sql).all(...table.period(period));
  return rows.flatMap(({ track, data }) => (data instanceof Uint8Array ? [{ track: Number(track), data }] : []));
}

/** The series that have points in a period. */
export function tracksIn(database: Database, level: number, period: number): number[] {
  const table = tableOf(level);
  const sql = `SELECT ${table.columns} FROM ${table.name} WHERE ${table.all}`;
  return database
    .prepare(sql)
    .all(...table.period(period))
    .map(({ track }) => Number(track));
}

/** The periods of a level within bounds (`to` is left out), oldest first. */
export function* periodsOf(
  database: Database,
  level: number,
  { from = 0, to = Number.POSITIVE_INFINITY }: { from?: number; to?: number } = {},
): Generator<number> {
  const table = tableOf(level);
  const find = database.prepare(table.from);
  for (let at = Math.max(0, from); ; ) {
    const [row] = find.all(table.begin(at));
    const period = Number(row?.period ?? Number.NaN);
    if (!(period < to)) return;
    yield period;
    at = period + 1;
  }
}

/** Deletes the blocks of a period, some at a time. @returns how many are gone: fewer than asked for when these were the last. */
export function dropBlocks(database: Database, { level, period }: Omit<Place, 'track'>, most: number): number {
  const { name, all, period: bounds } = tableOf(level);
  const key = level === 0 ? 'track' : 'id';
  const some = `SELECT ${key} FROM ${name} WHERE ${all} ORDER BY ${key} LIMIT ?`;
  const drop = database.prepare(`DELETE FROM ${name} WHERE ${all} AND ${key} IN (${some})`);
  return drop.run(...bounds(period), ...bounds(period), most);
}

/** The period of the next level that one of this level is a part of. */
export function parentOf({ level, period }: Omit<Place, 'track'>): number {
  return Math.floor((period * levelAt(level).period) / levelAt(level + 1).period);
}

/** The periods of the level below that a period is made of. */
export function childrenOf({ level, period }: Omit<Place, 'track'>): { from: number; to: number } {
  const factor = levelAt(level).period / levelAt(level - 1).period;
  return { from: period * factor, to: (period + 1) * factor };
}

/** Packs points as those of a level are. */
export function pack({ columns, count }: Points, kind: Kind, level: number): Uint8Array {
  const shape = shapeOf(kind);
  return packColumns({ columns, count }, isCoarse(level) ? coarseOf(shape) : shape);
}

/** What `pack` packed; undefined where it is damaged. */
export function unpack(data: Uint8Array, kind: Kind, level: number): Points | undefined {
  const shape = shapeOf(kind);
  const coarse = isCoarse(level);
  try {
    return { ...unpackColumns(data, coarse ? coarseOf(shape) : shape), coarse };
  } catch (error) {
    if (error instanceof BlockError) return undefined;
    throw error;
  }
}

function isCoarse(level: number): boolean {
  return (LEVELS[level]?.width ?? 0) > 0;
}
