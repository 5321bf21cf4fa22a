/** A moment, by which what an earlier run of the program did is dated. */
export interface Moment {
  /** Which boot of the machine. */
  readonly boot: string;
  /** ms since that. */
  readonly uptime: number;
  /** Unix ms. */
  readonly time: number;
}

/** A run that counts against a limit, as it is kept over a restart of psstop. */
export interface KeptRun {
  readonly id: number;
  /** Which limit. */
  readonly key: string;
  /** Who it was done to. */
  readonly lineage: string;
  /** ms ago. */
  readonly age: number;
}

/** Where runs that count against limits outlive the program. What it throws is told; they are counted in memory all the same. */
export interface RunStore {
  /** Oldest first. */
  load(): readonly KeptRun[];
  /** Notes that something is done now. @returns its id. */
  add(key: string, lineage: string): number;
  remove(ids: readonly number[]): void;
}

/**
 * How long ago a moment was, ms: by uptime, which nobody sets. What was before this boot is at least as old as the boot; more
 * only where the clock on the wall says so.
 */
export function ageOf(then: Moment, now: Moment): number {
  if (then.boot === now.boot) return Math.max(0, now.uptime - then.uptime);
  return Math.max(now.uptime, now.time - then.time);
}
