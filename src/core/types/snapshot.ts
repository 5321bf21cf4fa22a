import type { Bounds, ProcessSample } from './process.ts';

/** Share of time tasks were stalled for want of memory, in percent (averages of /proc/pressure/memory). */
export interface Pressure {
  readonly some10: number;
  readonly some60: number;
  readonly full10: number;
  readonly full60: number;
}

/** The host's memory (/proc/meminfo). */
export interface HostMemory {
  /** 0 where it is not known; then `available` is neither. */
  readonly total: number;
  readonly available: number;
  /** AnonPages. AnonPages + Mapped is the sum of PSS over all processes, the unreadable ones included. */
  readonly anon: number;
  /** Mapped. */
  readonly mapped: number;
  readonly swapTotal: number;
  readonly swapFree: number;
  /** AnonPages and Mapped with what the kernel's counters may be off; only where every process of the host can be seen, so that their PSS adds up to it. */
  readonly held?: { readonly anon: Bounds; readonly mapped: Bounds };
  readonly pressure?: Pressure;
}

/** What taking a snapshot cost. */
export interface Cost {
  /** Exact readings made. */
  readonly exact: number;
  /** Wall time from begin to end, ms. */
  readonly wall: number;
  /** Longest single reading, ms. */
  readonly longest: number;
  /** CPU time of daemon and reader, ms. */
  readonly cpu: number;
}

/** The state of a host's processes at one moment. */
export interface Snapshot {
  readonly time: number;
  readonly uptime: number;
  /** Boot id: a new one means that uptimes can't be compared. */
  readonly boot: string;
  readonly host: string;
  readonly memory: HostMemory;
  /** Every process that has memory, the unreadable ones with their bounds; kernel threads and zombies have none. */
  readonly processes: readonly ProcessSample[];
  /** Processes that ended while they were being read. */
  readonly gone: number;
  readonly cost: Cost;
}

/** Anything that yields snapshots: /proc, a recording, a story. Time arrives with the data, so the engine needs no clock. */
export type Source = AsyncIterable<Snapshot>;
