import { join } from 'node:path';
import { checkDatabase, type Database, openDatabase, StoreError } from '../database.ts';
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

/** Opens the history of a state folder to write, or makes it; what can't be used is set aside. @throws StoreError */
export async function openHistoryFile(folder: string, options: OpenOptions): Promise<Database> {
  const connect = await driver();
  const path = privateFile(historyPath(folder));
  try {
    checkDatabase(connect, path, MIGRATIONS.length);
  } catch (error) {
    if (!(error instanceof StoreError) || (error.fault !== 'corrupt' && error.fault !== 'newer')) throw error;
    beginAnew(path, error, options);
  }
  const database = openDatabase(connect, path, { first: FIRST });
  try {
    migrate(database, MIGRATIONS);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
