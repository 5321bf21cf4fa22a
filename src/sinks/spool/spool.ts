/** Data that wait for a server, packed. */
export interface Batch {
  readonly packed: Uint8Array;
  readonly lines: number;
  /** Unix ms at which it was made. */
  readonly made: number;
}

/** A batch that is kept, and how it is found again. */
export interface Kept extends Batch {
  readonly id: string;
}

/** Keeps batches until they are taken, at most so many bytes of them and not for ever. */
export interface Spool {
  /** Bytes that are kept. */
  readonly size: number;
  /** Keeps one more. @returns lines of the oldest that had to go for it. @throws the system's error where nothing can be kept. */
  put(batch: Batch): Promise<number>;
  /** The oldest; undefined when there is none. @returns lines that had to go with it: damaged, or too old. */
  oldest(): Promise<{ readonly kept: Kept | undefined; readonly lost: number }>;
  /** It was taken, or is given up. */
  drop(id: string): Promise<void>;
}

/** What waited so long is of no use to anybody, ms: as long as messages are tried. */
export const LONGEST_KEPT: number = 3 * 24 * 3_600_000;
