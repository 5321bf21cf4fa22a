import type { Connect, DriverConnection, Row, Value } from './driver.ts';
import { StoreError, type StoreFault, translated } from './fault.ts';

/** A prepared statement; `?` stands for a value. */
export interface Statement {
  /** @returns how many rows it changed. */
  run(...values: readonly Value[]): number;
  all(...values: readonly Value[]): readonly Row[];
}

/**
 * When a transaction must be on the disk. `now`: before it returns (fsync), so that it outlives a power failure; `soon`:
 * it outlives the end of the process at once, a power failure some seconds later.
 */
export type Durability = 'now' | 'soon';

/** An embedded database. All of it is synchronous, and throws what `StoreError` is made of. */
export interface Database {
  readonly path: string;
  exec(sql: string): void;
  /** The same text gives the same statement: it is prepared once. */
  prepare(sql: string): Statement;
  /** All of the work is kept, or nothing. One inside another is a part of it. @returns what the work returns. */
  transaction<T>(work: () => T, durability?: Durability): T;
  close(): void;
}

/**
 * Small and safe: a journal that is written ahead, pages of 4 KiB of which 256 KiB are kept, nothing mapped, so that what
 * is read does not count as the watchdog's memory, and no more than 1 MiB of the journal left lying about.
 */
const SETTINGS = `
  PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -256; PRAGMA mmap_size = 0;
  PRAGMA wal_autocheckpoint = 250; PRAGMA journal_size_limit = 1048576; PRAGMA temp_store = MEMORY;
  PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;`;

/**
 * Looks at every page of a file, and whether its schema is at most so new; one that is not there is made. Nothing is
 * prepared, so that nothing holds on to the file afterwards: what is closed late by the addon would take the journal of
 * whatever has the name by then with it. @throws StoreError `corrupt` or `newer`
 */
export function checkDatabase(connect: Connect, path: string, version: number): void {
  const connection = translated(() => new connect(path));
  const expect = (fault: StoreFault, what: string, sql: string): void => {
    try {
      connection.exec(`INSERT INTO temp.expected ${sql}`);
    } catch (error) {
      const failed = ((error as { errcode?: number }).errcode ?? 0) & 0xff;
      if (failed === CONSTRAINT) throw new StoreError(fault, what, { cause: error });
      translated(() => {
        throw error;
      });
    }
  };
  try {
    translated(() => connection.exec('PRAGMA temp_store = MEMORY; CREATE TEMP TABLE expected (holds CHECK (holds))'));
    expect('corrupt', 'it is damaged', "SELECT quick_check = 'ok' FROM pragma_quick_check");
    expect('newer', 'a later version wrote it', `SELECT user_version <= ${version} FROM pragma_user_version`);
  } finally {
    connection.close();
  }
}

/** SQLITE_CONSTRAINT: something is not as expected. */
const CONSTRAINT = 19;

/** How a file is used. */
export interface Use {
  /** Settings of a file that is being made. */
  readonly first?: string;
  /** Read alone, beside whoever writes it: whom that must never hold up. */
  readonly reads?: boolean;
}

/** What only reads waits for a writer, ms; and it leaves the journal to him. */
const READS = 'PRAGMA busy_timeout = 2000; PRAGMA query_only = ON;';

/** Opens a file, or makes it. @throws StoreError */
export function openDatabase(connect: Connect, path: string, { first = '', reads = false }: Use = {}): Database {
  const connection = translated(() => new connect(path));
  try {
    translated(() => connection.exec(first + (reads ? READS : SETTINGS)));
  } catch (error) {
    connection.close();
    throw error;
  }
  return new SqliteDatabase(connection, path, reads);
}

/** A class, as it holds a connection and its statements. */
class SqliteDatabase implements Database {
  readonly path: string;
  readonly #connection: DriverConnection;
  readonly #statements = new Map<string, Statement>();
  #depth = 0;
  #durability: Durability = 'now';

  readonly #reads: boolean;

  constructor(connection: DriverConnection, path: string, reads: boolean) {
    this.#reads = reads;
    this.#connection = connection;
    this.path = path;
  }

  exec(sql: string): void {
    translated(() => this.#connection.exec(sql));
  }

  prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const prepared = translated(() => this.#connection.prepare(sql));
    const statement: Statement = {
      run: (...values) => translated(() => Number(prepared.run(...values).changes)),
      all: (...values) => translated(() => prepared.all(...values) as Row[]),
    };
    this.#statements.set(sql, statement);
    return statement;
  }

  transaction<T>(work: () => T, durability: Durability = 'now'): T {
    if (this.#depth > 0) return work();
    this.#settle(durability);
    this.exec('BEGIN IMMEDIATE');
    this.#depth += 1;
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  /** The addon lets go of the file only once its statements are collected: what is in the journal is brought home before. */
  close(): void {
    this.#statements.clear();
    try {
      if (!this.#reads) this.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } finally {
      translated(() => this.#connection.close());
    }
  }

  #settle(durability: Durability): void {
    if (durability === this.#durability) return;
    this.exec(`PRAGMA synchronous = ${durability === 'now' ? 'FULL' : 'NORMAL'}`);
    this.#durability = durability;
  }

  /** A full disk may have rolled it back already. */
  #rollBack(): void {
    try {
      this.#connection.exec('ROLLBACK');
    } catch {
      // Nothing is open any more: that is what was wanted.
    }
  }
}
