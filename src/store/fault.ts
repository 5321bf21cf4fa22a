/**
 * `busy`: another process has it; `corrupt`: it is damaged, or no database; `newer`: it was written by a later version;
 * `unwritable`: no space, no permission, a failing disk.
 */
export type StoreFault = 'busy' | 'corrupt' | 'newer' | 'unwritable';

/** The database can't be used, and why. */
export class StoreError extends Error {
  readonly fault: StoreFault;

  constructor(fault: StoreFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** Primary result codes of SQLite (sqlite.org/rescode.html); all others mean that it can't be written. */
const FAULTS: Readonly<Record<number, StoreFault>> = { 5: 'busy', 6: 'busy', 11: 'corrupt', 26: 'corrupt' };

/** The same by SQLite's own messages (sqlite3ErrStr): the addon gives no code where a query fails. */
const FAULT_TEXTS: Readonly<Record<string, StoreFault>> = {
  'database is locked': 'busy',
  'database table is locked': 'busy',
  'database disk image is malformed': 'corrupt',
  'file is not a database': 'corrupt',
};

/** Runs what speaks to SQLite. @throws StoreError in place of the library's error; others as they are. */
export function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, errcode, message } = error as { code?: string; errcode?: number; message: string };
    if (code !== 'ERR_SQLITE_ERROR') throw error;
    const fault = errcode === undefined ? FAULT_TEXTS[message] : FAULTS[errcode & 0xff];
    throw new StoreError(fault ?? 'unwritable', message, { cause: error });
  }
}
