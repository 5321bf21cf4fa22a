import { KINDS, type Kind } from '../../core/history/shapes.ts';
import type { ProcessInfo } from '../../core/types.ts';
import type { Database } from '../database.ts';

/** A series as it is stored. Times are those of history. */
export interface Track {
  readonly id: number;
  readonly era: number;
  readonly kind: Kind;
  /** What is known of it: a process, or the key of a sum. */
  readonly identity: string;
  readonly pid: number;
  readonly start: number;
  /** Start of the process, ms after boot. */
  readonly started: number;
  readonly ppid: number;
  readonly first: number;
  /** Of the last point that is no longer fresh. */
  readonly last: number;
  /** When it was seen last; 0 while it goes on, or as nobody saw its end. */
  readonly ended: number;
}

/** What makes one process another series: it begins a new one with an exec. The command line is left out, as passwords stand in some. */
export function identityOf({ name, exe, build, uid, user, cgroup, unit, container }: ProcessInfo): string {
  return JSON.stringify({ name, exe, build, uid, user, cgroup, unit, container });
}

/** Keeps a series, and what it is of. */
export function putTrack(database: Database, track: Track): void {
  const { id, era, kind, identity, pid, start, started, ppid, first, last, ended } = track;
  database.prepare('INSERT OR IGNORE INTO identities (data) VALUES (?)').run(identity);
  const [row] = database.prepare('SELECT id FROM identities WHERE data = ?').all(identity);
  const put = database.prepare('INSERT OR REPLACE INTO tracks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  put.run(id, era, KINDS.indexOf(kind), row?.id ?? 0, pid, start, Math.round(started), ppid, first, last, ended);
}

/** The highest id of a series; 0 where there is none. */
export function lastTrack(database: Database): number {
  return Number(database.prepare('SELECT max(id) AS id FROM tracks').all()[0]?.id ?? 0);
}

const SELECT = `SELECT t.id, t.era, t.kind, t.pid, t.start, t.started, t.ppid, t.first, t.last, t.ended, i.data
  FROM tracks t JOIN identities i ON i.id = t.identity`;

/** The series of an era whose end nobody saw. */
export function openTracks(database: Database, era: number): Track[] {
  return toTracks(database.prepare(`${SELECT} WHERE t.era = ? AND t.ended = 0`).all(era));
}

/** One series; undefined where it is no more. */
export function trackOf(database: Database, id: number): Track | undefined {
  return toTracks(database.prepare(`${SELECT} WHERE t.id = ?`).all(id))[0];
}

/** The processes that went on at a time of history, and were read last before it. */
export function tracksAt(database: Database, time: number): Track[] {
  const sql = `${SELECT} WHERE t.kind = ? AND t.first < ? AND t.last < ? AND (t.ended = 0 OR t.ended >= ?)`;
  return toTracks(database.prepare(sql).all(KINDS.indexOf('process'), time, time, time));
}

/** All of a kind that may have points in a stretch of history's own time, oldest first. */
export function tracksOf(database: Database, kind: Kind, { from, to }: { from: number; to: number }): Track[] {
  const sql = `${SELECT} WHERE t.kind = ? AND t.first <= ? AND (t.ended = 0 OR t.ended >= ?) ORDER BY t.id`;
  return toTracks(database.prepare(sql).all(KINDS.indexOf(kind), to, from));
}

/** The next processes of an era by their ids, some of them at a time. */
export function tracksAfter(
  database: Database,
  { era, after, most }: { era: number; after: number; most: number },
): Track[] {
  const sql = `${SELECT} WHERE t.era = ? AND t.kind = ? AND t.id > ? ORDER BY t.id LIMIT ?`;
  return toTracks(database.prepare(sql).all(era, KINDS.indexOf('process'), after, most));
}

/** The series of an era that tell of the host. */
export function hostTracks(database: Database, era: number): number[] {
  const rows = database.prepare('SELECT id FROM tracks WHERE era = ? AND kind = ?').all(era, KINDS.indexOf('host'));
  return rows.map(({ id }) => Number(id));
}

/** Notes until when the points of a series are no longer fresh, time of history. */
export function moveTrack(database: Database, id: number, last: number): void {
  database.prepare('UPDATE tracks SET last = ? WHERE id = ? AND last < ?').run(last, id, last);
}

/** Notes that a series has ended. */
export function endTrack(database: Database, id: number, ended: number): void {
  database.prepare('UPDATE tracks SET ended = ? WHERE id = ?').run(ended, id);
}

/** The kind of a series; undefined where it is no more. */
export function kindOf(database: Database, id: number): Kind | undefined {
  const [row] = database.prepare('SELECT kind FROM tracks WHERE id = ?').all(id);
  return row && KINDS[Number(row.kind)];
}

function toTracks(rows: ReturnType<ReturnType<Database['prepare']>['all']>): Track[] {
  return rows.flatMap((row): Track[] => {
    const { id, era, kind, pid, start, started, ppid, first, last, ended, data } = row;
    const name = KINDS[Number(kind)];
    if (name === undefined) return [];
    const numbers = { pid: Number(pid), start: Number(start), started: Number(started), ppid: Number(ppid) };
    const times = { first: Number(first), last: Number(last), ended: Number(ended) };
    return [{ id: Number(id), era: Number(era), kind: name, identity: String(data), ...numbers, ...times }];
  });
}
