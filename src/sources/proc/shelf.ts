import { closeSync } from 'node:fs';

/**
 * Files that are read again and again, kept open: reading one from the beginning costs little more than half of opening, reading and
 * closing it. What is read seldom is closed at once, as an open file takes memory of the kernel's.
 */
export interface Shelf {
  /** The open file of a process's folder, if it is kept. */
  take(folder: string): number | undefined;
  /** @returns true when the file is kept: then it is not to be closed. */
  keep(folder: string, fd: number): boolean;
  /** The file is of no use any more: its process has ended, or runs another program. */
  drop(folder: string): void;
}

interface Kept {
  readonly fd: number;
  usedAt: number;
}

/** So many files at most. */
const MOST = 2048;
/** ms. What is read twice within this time is kept, and closed when it was not read for longer. */
const SOON = 15_000;

/** A shelf that is empty. `now` tells the time in ms. */
export function shelf(now: () => number): Shelf {
  const kept = new Map<string, Kept>();
  /** When files that are not kept were last read. */
  const seen = new Map<string, number>();
  let cleanedAt = now();

  function drop(folder: string): void {
    const file = kept.get(folder);
    if (file === undefined) return;
    kept.delete(folder);
    closeSync(file.fd);
  }

  function clean(at: number): void {
    if (at - cleanedAt < SOON) return;
    cleanedAt = at;
    for (const [folder, { usedAt }] of kept) if (at - usedAt > SOON) drop(folder);
    for (const [folder, usedAt] of seen) if (at - usedAt > SOON) seen.delete(folder);
  }

  return {
    take(folder) {
      const file = kept.get(folder);
      if (file !== undefined) file.usedAt = now();
      return file?.fd;
    },
    keep(folder, fd) {
      const at = now();
      clean(at);
      const again = at - (seen.get(folder) ?? Number.NEGATIVE_INFINITY) <= SOON;
      if (!again || kept.size >= MOST) {
        seen.set(folder, at);
        return false;
      }
      seen.delete(folder);
      kept.set(folder, { fd, usedAt: at });
      return true;
    },
    drop,
  };
}
