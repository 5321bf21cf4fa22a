import { closeSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';
import { checkDatabase, type Database, openDatabase } from './database.ts';
import { type Connect, loadDriver } from './driver.ts';
import { StoreError, translated } from './fault.ts';
import { migrate, SCHEMA_VERSION } from './migrations.ts';

/** Names inside of the state folder. */
const DATABASE = 'psstop.db';
const LOCK = 'psstop.lock';

/** What SQLite keeps beside a database: its journal, and the index of that. */
const BESIDE = ['', '-wal', '-shm'];

/** What opening a state folder may have to tell. */
export interface OpenOptions {
  /** Told when a file was set aside. */
  notice(message: string): void;
  /** For the name of a file that is set aside, Unix ms. */
  readonly now?: () => number;
}

/** An open state folder, which nobody else can open. */
export interface Store {
  readonly folder: string;
  readonly database: Database;
  close(): void;
}

/**
 * Opens the database in a state folder, and makes both where they are missing (for the owner alone). One that is damaged, or
 * of a later version, is set aside and a new one begun. @throws StoreError `busy` while another psstop has the folder,
 * `unwritable` where nothing can be kept in it.
 */
export async function openStore(folder: string, options: OpenOptions): Promise<Store> {
  const connect = await driver();
  writing(() => mkdirSync(folder, { recursive: true, mode: 0o700 }));
  const unlock = lock(connect, folder);
  try {
    const database = open(connect, join(folder, DATABASE), options);
    return {
      folder,
      database,
      close: () => {
        database.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** SQLite, as this Node has it. @throws StoreError `unwritable` where there is none. */
export async function driver(): Promise<Connect> {
  try {
    return await loadDriver();
  } catch (error) {
    const message = 'there is no SQLite: Node.js has it from 22.13 on; before, install @photostructure/sqlite';
    throw new StoreError('unwritable', message, { cause: error });
  }
}

/**
 * Two watchdogs on one state would tell everything twice and undo each other's notes. The kernel drops the lock with the
 * process, however it ends; a second file has it, so that others may read the database meanwhile.
 */
function lock(connect: Connect, folder: string): () => void {
  const path = privateFile(join(folder, LOCK));
  const connection = translated(() => new connect(path));
  try {
    translated(() => connection.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE'));
  } catch (error) {
    connection.close();
    if (error instanceof StoreError && error.fault === 'busy')
      throw new StoreError('busy', `another psstop keeps its state in ${folder}`, { cause: error });
    throw error;
  }
  return () => connection.close();
}

function open(connect: Connect, path: string, { notice, now = Date.now }: OpenOptions): Database {
  privateFile(path);
  try {
    checkDatabase(connect, path, SCHEMA_VERSION);
  } catch (error) {
    if (!(error instanceof StoreError) || (error.fault !== 'corrupt' && error.fault !== 'newer')) throw error;
    beginAnew(path, error, { notice, now });
  }
  const database = openDatabase(connect, path);
  try {
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Sets a file aside that can't be used, and says so; an empty one has its place. */
export function beginAnew(path: string, { fault, message }: StoreError, { notice, now = Date.now }: OpenOptions): void {
  const aside = `${path}.${fault}-${new Date(now()).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
  setAside(path, aside);
  privateFile(path);
  notice(`${path} can't be used (${message}): it was set aside as ${aside}, and a new one begun`);
}

function setAside(path: string, aside: string): void {
  for (const end of BESIDE) {
    writing(() => {
      try {
        renameSync(path + end, aside + end);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    });
  }
}

/** Made for its owner alone, whatever the umask: names of processes stand in it. What SQLite puts beside it is the same. */
export function privateFile(path: string): string {
  writing(() => closeSync(openSync(path, 'a', 0o600)));
  return path;
}

/** @throws StoreError in place of the system's error. */
function writing(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    throw new StoreError('unwritable', messageOf(error), { cause: error });
  }
}
