import type { Database } from './database.ts';
import { StoreError } from './fault.ts';

/** What makes each version of the schema from the one before. Never changed once released: a new one is added below. */
const MIGRATIONS: readonly string[] = [
  // What is kept by name, as JSON; alerts by rule and target, as JSON; histories, as compact blocks.
  `CREATE TABLE notes (name TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE alerts (
     rule TEXT NOT NULL, target TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (rule, target)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE histories (
     rule TEXT NOT NULL, target TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (rule, target)
   ) STRICT;`,
  // What is on its way to receivers: each event once, however many it goes to; and who has to hear of an alert's end.
  `CREATE TABLE outbox_events (id TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE outbox (
     id INTEGER PRIMARY KEY, event TEXT NOT NULL REFERENCES outbox_events (id),
     rule TEXT NOT NULL, step TEXT NOT NULL, receiver TEXT NOT NULL,
     since INTEGER NOT NULL, due INTEGER NOT NULL, attempts INTEGER NOT NULL, begun INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX outbox_by_event ON outbox (event);
   CREATE TABLE outbox_told (
     alert TEXT NOT NULL, rule TEXT NOT NULL, step TEXT NOT NULL, receiver TEXT NOT NULL, since INTEGER NOT NULL,
     event TEXT, PRIMARY KEY (alert, rule, step)
   ) STRICT, WITHOUT ROWID;`,
  // What counts against limits: which one, to whom it was done, and when, by both clocks.
  `CREATE TABLE runs (
     id INTEGER PRIMARY KEY, limited TEXT NOT NULL, lineage TEXT NOT NULL,
     boot TEXT NOT NULL, uptime INTEGER NOT NULL, time INTEGER NOT NULL
   ) STRICT;`,
  // Who is to be told what, as JSON: alerts by their id, and what is told together by its key.
  `CREATE TABLE desk_cases (alert TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT;
   CREATE TABLE desk_gatherings (key TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT;`,
];

/** The version of the schema that this program writes. */
export const SCHEMA_VERSION: number = MIGRATIONS.length;

/** Brings a database to the schema of this program, in one transaction. @throws StoreError `newer` for one of a later version. */
export function migrate(database: Database, migrations: readonly string[] = MIGRATIONS): void {
  const version = versionOf(database);
  if (version > migrations.length) {
    const message = `it has version ${version} of the schema, and this psstop knows ${migrations.length}`;
    throw new StoreError('newer', message);
  }
  if (version === migrations.length) return;
  database.transaction(() => {
    for (const sql of migrations.slice(version)) database.exec(sql);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

function versionOf(database: Database): number {
  return Number(database.prepare('PRAGMA user_version').all()[0]?.user_version ?? 0);
}
