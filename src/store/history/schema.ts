/** What makes each version of the history's schema from the one before. Never changed once released: a new one is added below. */
export const MIGRATIONS: readonly string[] = [
  // Eras are boots. Tracks are series: of the host, of a life of a process, of the sum over a name, unit or container. Blocks
  // hold their points, each level in a table of its own; those of one period stand side by side, so that they are written, put
  // together and dropped together.
  `CREATE TABLE eras (
     id INTEGER PRIMARY KEY, boot TEXT NOT NULL, host TEXT NOT NULL,
     base INTEGER NOT NULL, clock INTEGER NOT NULL, last INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE identities (id INTEGER PRIMARY KEY, data TEXT NOT NULL UNIQUE) STRICT;
   CREATE TABLE tracks (
     id INTEGER PRIMARY KEY, era INTEGER NOT NULL, kind INTEGER NOT NULL, identity INTEGER NOT NULL,
     pid INTEGER NOT NULL, start INTEGER NOT NULL, started INTEGER NOT NULL, ppid INTEGER NOT NULL,
     first INTEGER NOT NULL, last INTEGER NOT NULL, ended INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX tracks_by_identity ON tracks (identity);
   CREATE TABLE blocks0 (
     period INTEGER NOT NULL, track INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (period, track)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE blocks1 (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
   CREATE TABLE blocks2 (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
   CREATE TABLE blocks3 (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
   CREATE TABLE events (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, era INTEGER NOT NULL, data TEXT NOT NULL) STRICT;`,
];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long what is fresh may wait in memory, ms: a crash costs what came since. */
export const FLUSH: number = MINUTE;

/** One step of a point's way from fresh to old. */
export interface Level {
  /** Length of its periods, ms; what is fresh has one for each time that it was written, named by the last snapshot in it. */
  readonly period: number;
  /** Points within so many ms are put together; 0: they stay what they are. */
  readonly width: number;
  /** How long after its end a period of this level is made from those of the level before, ms. */
  readonly after: number;
}

/** Fresh; an hour of points as they were; a quarter of a day in buckets of five minutes; five days in buckets of an hour. */
export const LEVELS: readonly Level[] = [
  { period: 1, width: 0, after: 0 },
  { period: HOUR, width: 0, after: 0 },
  { period: DAY / 4, width: 5 * MINUTE, after: DAY },
  { period: 5 * DAY, width: HOUR, after: 30 * DAY },
];

/** The level of a number that is known to be one. */
export function levelAt(index: number): Level {
  const level = LEVELS[index];
  if (level === undefined) throw new RangeError(`there is no level ${index}`);
  return level;
}
