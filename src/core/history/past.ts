import type { ExactReading, HostMemory, ProcessInfo } from '../types.ts';

/** A life of a process in the boot that goes on; uptimes in ms. */
export interface PastLife {
  readonly id: number;
  /** As it was known; command lines are not kept. */
  readonly process: ProcessInfo;
  /** Of the first reading. */
  readonly since: number;
  /** When it was seen last; infinite while it goes on, or as nobody saw its end. */
  readonly until: number;
}

/** What was read of a life at one moment, or in a stretch of time of which only the middle and the extremes are left. */
export interface PastReading {
  /** Uptime, ms; of a stretch the middle of what was read in it. */
  readonly at: number;
  readonly reading: ExactReading;
  /** CPU time since its start, ms, and threads; undefined: not known. All are always there: there are many of them. */
  readonly cpu: number | undefined;
  readonly threads: number | undefined;
  readonly stretch: PastStretch | undefined;
}

/** Several readings as one. */
export interface PastStretch {
  /** Uptime at which it begins, and its length, ms. */
  readonly begin: number;
  readonly length: number;
  /** The least and the most that was held, as far as the parts tell. */
  readonly least: ExactReading;
  readonly most: ExactReading;
}

/** The host at one moment of the past. */
export interface PastHost {
  /** Uptime, ms. */
  readonly at: number;
  readonly memory: HostMemory;
}

/** A stretch of time, of some hours or days: one follows the other. */
export interface PastChapter {
  /** The lives that were read in it. */
  readonly lives: readonly number[];
  /** Oldest first. */
  readings(life: number): PastReading[];
  hosts(): PastHost[];
}

/** What is stored of the boot that goes on. It is read in steps of some milliseconds: `undefined` is the end of one. Throws what the store throws. */
export interface Past {
  lives(): Generator<PastLife | undefined, void>;
  /** What was read of some lives, none of which was read before the uptime `since`, ms; oldest first. */
  chapters(lives: ReadonlySet<number>, since: number): Generator<PastChapter | undefined, void>;
  close(): void;
}
