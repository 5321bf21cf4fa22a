import type { DeskChange } from '../core/telling/kept.ts';
import type { SavedCase, SavedDesk, SavedGathering } from '../core/telling/saved.ts';
import type { Silence } from '../core/telling/silence.ts';
import type { Database } from './database.ts';
import { keepNote, note, readJson, writeJson } from './state.ts';

const SILENCES = 'silences';

/** Silences, acknowledgements and what is still to be told, as they were kept last. */
export function keptDesk(database: Database): SavedDesk {
  return {
    cases: rowsOf<SavedCase>(database, 'desk_cases'),
    gatherings: rowsOf<SavedGathering>(database, 'desk_gatherings'),
    silences: note<Silence[]>(database, SILENCES) ?? [],
  };
}

/** Keeps what has changed of them: with the snapshot that changed them, where one is being kept. */
export function keepDesk(database: Database, change: DeskChange): void {
  const { whole, cases, closed, gatherings, dissolved, silences } = change;
  database.transaction(() => {
    if (whole) database.exec('DELETE FROM desk_cases; DELETE FROM desk_gatherings');
    const close = database.prepare('DELETE FROM desk_cases WHERE alert = ?');
    for (const alert of closed) close.run(alert);
    const dissolve = database.prepare('DELETE FROM desk_gatherings WHERE key = ?');
    for (const key of dissolved) dissolve.run(key);
    const open = database.prepare('INSERT OR REPLACE INTO desk_cases VALUES (?, ?)');
    for (const one of cases) open.run(one.event.alert, writeJson(one));
    const gather = database.prepare('INSERT OR REPLACE INTO desk_gatherings VALUES (?, ?)');
    for (const one of gatherings) gather.run(one.key, writeJson(one));
    if (silences) keepNote(database, SILENCES, silences);
  });
}

function rowsOf<T>(database: Database, table: 'desk_cases' | 'desk_gatherings'): T[] {
  const rows = database.prepare(`SELECT data FROM ${table} ORDER BY rowid`).all();
  return rows.flatMap(({ data }) => readJson<T>(data) ?? []);
}
