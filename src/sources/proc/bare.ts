import { type Keeper, type Kept, readStatm } from './kept.ts';
import type { Stat, Statm } from './stat.ts';

/** Processes without memory, as far as their files tell: kernel threads, zombies, and a few that only seem to have none. */
export interface BareList {
  /** Looks at one of them again. @returns false when it is not known, or has to be met anew. */
  follow(pid: number, round: number): boolean;
  /** Sets aside the process that `stat` tells of. */
  add(pid: number, stat: Stat, round: number): void;
  /**
   * Pids of those that may hold memory all the same: one that is giving its memory back, one whose first thread has ended before
   * others, one that has yet to begin its program.
   */
  hollow(): number[];
  /** Forgets who was not seen in this round; where only the hollow ones were looked at, only those. */
  keepSeen(round: number, onlyHollow: boolean): void;
  close(): void;
}

interface Bare extends Kept {
  readonly hollow: boolean;
  seen: number;
}

const statm: Statm = { size: 0, resident: 0, shared: 0 };
const ZOMBIE = 90;
const DEAD = 88;
/** PF_KTHREAD (include/linux/sched.h). */
const KERNEL_THREAD = 0x200000;

/** Makes an empty list whose descriptors are the keeper's. */
export function bareList(statms: Keeper): BareList {
  const list = new Map<number, Bare>();

  function drop(bare: Bare): void {
    statms.drop(bare);
    list.delete(bare.pid);
  }

  return {
    follow(pid, round) {
      const bare = list.get(pid);
      if (bare === undefined) return false;
      bare.seen = round;
      if (!bare.hollow && bare.fd >= 0 && readStatm(statms, bare, statm) && statm.size === 0) return true;
      drop(bare);
      return false;
    },
    add(pid, stat, round) {
      const bare: Bare = { pid, fd: -1, seen: round, hollow: isHollow(stat) };
      if (readStatm(statms, bare, statm)) list.set(pid, bare);
      else statms.drop(bare);
    },
    hollow: () => [...list.values()].filter(({ hollow }) => hollow).map(({ pid }) => pid),
    keepSeen(round, onlyHollow) {
      for (const bare of list.values()) if (bare.seen !== round && (bare.hollow || !onlyHollow)) drop(bare);
    },
    close: () => {
      for (const bare of list.values()) drop(bare);
    },
  };
}

/** True for a process that has no memory, as far as its files tell. */
export function isBare({ vsize, state }: Stat): boolean {
  return vsize === 0 || state === ZOMBIE || state === DEAD;
}

function isHollow({ flags, state, threads }: Stat): boolean {
  const ended = state === ZOMBIE || state === DEAD;
  return (flags & KERNEL_THREAD) === 0 && (!ended || threads > 1);
}
