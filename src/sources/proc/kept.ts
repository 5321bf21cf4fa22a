import { closeSync, openSync, readSync } from 'node:fs';
import { GONE, readFile, readText, reasonOf, text } from './files.ts';
import { isProc } from './proc-fs.ts';
import { parseStatm, type Statm } from './stat.ts';

/** Whose statm is read; the descriptor is the keeper's. */
export interface Kept {
  readonly pid: number;
  /** -1: none is kept. */
  fd: number;
}

/**
 * Reads statm through descriptors that are kept open and read again from the beginning: half the cost, and an identity. After
 * the process's death such a descriptor answers with an error for ever, even when another process has its pid.
 */
export interface Keeper {
  /** @returns the number of bytes in `text`; GONE when the process is no more, or another negative number. */
  read(kept: Kept): number;
  /** True while it is certain that the same process has the pid; undefined where no descriptor can tell. */
  lives(kept: Kept): boolean | undefined;
  drop(kept: Kept): void;
}

/** The rest is for pipes, sockets and files of ours. */
const SHARE = 0.5;
const SPARE = 128;

/** Where descriptors are short, or the files are ordinary ones, which outlive their process, every file is opened each time. */
export function keeper(root: string): Keeper {
  let room = isProc(root) ? roomFor(readText('/proc/self/limits') ?? '') : 0;
  let count = 0;

  function open(kept: Kept): number {
    try {
      kept.fd = openSync(`${root}/${kept.pid}/statm`, 'r');
    } catch (error) {
      const reason = reasonOf(error);
      // Somebody else has used them up: no more than there are now.
      if (reason !== GONE) room = Math.min(room, count);
      return reason;
    }
    count++;
    return readSync(kept.fd, text, 0, text.length, 0);
  }

  function drop(kept: Kept): void {
    if (kept.fd < 0) return;
    closeSync(kept.fd);
    kept.fd = -1;
    count--;
  }

  return {
    read(kept) {
      try {
        if (kept.fd >= 0) return readSync(kept.fd, text, 0, text.length, 0);
        return count < room ? open(kept) : readFile(`${root}/${kept.pid}/statm`);
      } catch (error) {
        drop(kept);
        return reasonOf(error);
      }
    },
    lives(kept) {
      if (kept.fd < 0) return undefined;
      try {
        return readSync(kept.fd, text, 0, text.length, 0) > 0;
      } catch {
        return false;
      }
    },
    drop,
  };
}

/** Reads statm through a keeper. @returns false when it can't be read, or makes no sense. */
export function readStatm(keeper: Keeper, kept: Kept, into: Statm): boolean {
  const length = keeper.read(kept);
  return length > 0 && parseStatm(text, length, into);
}

/** How many descriptors may be kept, by /proc/self/limits. */
export function roomFor(limits: string): number {
  const soft = /^Max open files +(\d{1,10}|unlimited) /m.exec(limits)?.[1];
  const most = soft === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(soft ?? 0);
  return Math.max(0, Math.floor(most * SHARE) - SPARE);
}
