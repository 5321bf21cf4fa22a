import { statSync } from 'node:fs';
import { join } from 'node:path';
import { checkDatabase, type Database, openDatabase } from '../database.ts';
import type { Connect } from '../driver.ts';
import { StoreError } from '../fault.ts';
import { migrate } from '../migrations.ts';
import { beginAnew, driver, type OpenOptions, privateFile } from '../open.ts';
import { MIGRATIONS } from './schema.ts';

const NAME = 'history.db';

/**
 * What is dropped makes the file smaller; without it the pages would stay. Settled before anything is in the file. Who begins to read
 * may hold it for a moment, ms.
 */
const FIRST = 'PRAGMA auto_vacuum = INCREMENTAL; PRAGMA busy_timeout = 20;';

/** Where the history of a state folder stands. It has a file of its own: were it damaged, or the disk too small for it, alerts are kept all the same. */
export function historyPath(folder: string): string {
  return join(folder, NAME);
}

/** The file of a history, for the one who writes it. One database of it is open at a time. */
export interface HistoryFile {
  /** Opens it, or makes it; what can't be used is set aside, and told. @throws StoreError */
  open(): Database;
  /**
   * Sets aside what turned out to be damaged and is closed by now, tells it, and begins anew. The addon may have it open for a while
   * yet: SQLite sees that a file was moved, and leaves alone what has its name then. @throws StoreError
   */
  replace(damage: StoreError): Database;
  /** Whether somebody has removed it, or put another in its place, since it was opened. */
  isGone(): boolean;
}

/** The history of a state folder. @throws StoreError `unwritable` where there is no SQLite. */
export async function historyFile(folder: string, options: OpenOptions): Promise<HistoryFile> {
  const connect = await driver();
  const path = historyPath(folder);
  let opened: string | undefined;
  const begun = (): Database => {
    const database = migrated(connect, path);
    opened = identityOf(path);
    return database;
  };
  return {
    open() {
      privateFile(path);
      try {
        checkDatabase(connect, path, MIGRATIONS.length);
      } catch (error) {
        if (!(error instanceof StoreError) || (error.fault !== 'corrupt' && error.fault !== 'newer')) throw error;
        beginAnew(path, error, options);
      }
      return begun();
    },
    replace(damage) {
      beginAnew(path, damage, options);
      return begun();
    },
    isGone: () => identityOf(path) !== opened,
  };
}

function migrated(connect: Connect, path: string): Database {
  const database = openDatabase(connect, path, { first: FIRST });
  try {
    migrate(database, MIGRATIONS);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** What tells a file from another that has its name; undefined where there is none. */
function identityOf(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && `${stats.dev} ${stats.ino}`;
}
