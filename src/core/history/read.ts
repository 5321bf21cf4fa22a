import type { Delivery, Event, ProcessInfo, Source } from '../types.ts';

/** A stretch of time, Unix ms, both ends included; what is left out has no end. */
export interface Range {
  readonly since?: number;
  readonly until?: number;
}

/** Which lives are asked for: all that is said must hold. */
export interface LifeFilter extends Range {
  readonly name?: (text: string) => boolean;
  readonly unit?: (text: string) => boolean;
  readonly container?: (text: string) => boolean;
  readonly pid?: number;
  readonly build?: string;
}

/** One life of a process: from one exec to the next, or to its end. */
export interface Life {
  readonly id: number;
  /** Id of the boot that it lived in. */
  readonly boot: string;
  /** As it was known; command lines are not kept. */
  readonly process: ProcessInfo;
  /** When it started, and when it was read first and last, Unix ms. */
  readonly started: number;
  readonly since: number;
  readonly until: number;
}

/** The least or the greatest that was seen, bytes. */
export interface Extremes {
  readonly pss: number;
  readonly uss: number;
  readonly swap: number;
}

/** A reading of a process, or the middle of several; sizes in bytes. */
export interface LifePoint {
  /** Unix ms. */
  readonly time: number;
  /** Since the process started, ms. */
  readonly age: number;
  /** How many readings it stands for. */
  readonly count: number;
  readonly pss: number;
  readonly swap: number;
  readonly rss: number;
  readonly uss: number;
  readonly anon: number;
  readonly file: number;
  readonly shmem: number;
  readonly dirty: number;
  /** CPU time since the start, ms, and threads, where they were known. */
  readonly cpu?: number;
  readonly threads?: number;
  readonly least: Extremes;
  readonly most: Extremes;
}

/** The sum over the processes of a name, unit or container; sizes in bytes. */
export interface SumPoint {
  /** Unix ms. */
  readonly time: number;
  readonly count: number;
  readonly processes: number;
  /** How many of them were ever read: `pss`, `swap` and `uss` are the sums of their last readings. */
  readonly read: number;
  readonly pss: number;
  readonly swap: number;
  readonly uss: number;
  readonly rss: number;
  /** What all of them could hold at most, as far as their resident memory tells. */
  readonly atMost: number;
  readonly least: number;
  readonly most: number;
}

/** The host at one moment, and what looking cost; sizes in bytes, times in ms. */
export interface HostPoint {
  /** Unix ms. */
  readonly time: number;
  readonly count: number;
  readonly processes: number;
  readonly exact: number;
  readonly cpu: number;
  readonly wall: number;
  readonly longest: number;
  readonly total: number;
  readonly available: number;
}

/** What happened, in the order in which it did. */
export interface Happening {
  /** Unix ms. */
  readonly time: number;
  readonly what: Event | Delivery;
}

/** What processes are added up by. */
export type SumBy = 'name' | 'unit' | 'container';

/** A name, unit or container that sums are kept of. */
export interface SumSeries {
  readonly by: SumBy;
  readonly key: string;
  /** Oldest first. Read when it is called: of all keys together there may be more than fits into memory. */
  points(): SumPoint[];
}

/**
 * What is stored, as it was when it was opened, also while it is being written: until it is closed, the journal grows. All but `snapshots`
 * answers at once, and throws what the store throws.
 */
export interface HistoryReader {
  lives(filter?: LifeFilter): Life[];
  /** Oldest first. */
  points(life: Life, range?: Range): LifePoint[];
  sums(by: SumBy, only: (key: string) => boolean, range?: Range): SumSeries[];
  hosts(range?: Range): HostPoint[];
  events(range?: Range): Happening[];
  /** The stored history as snapshots; where points were put together, one for each bucket. */
  snapshots(range?: Range): Source;
  /** From the first point to the last; undefined where there is none. */
  span(): Required<Range> | undefined;
  close(): void;
}
