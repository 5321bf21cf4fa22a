import type { Account } from '../../core/budget.ts';
import type { ExactReading, ProcessInfo, ProcessSample } from '../../core/types.ts';
import type { ReadJob, ReadOutcome } from './backlog.ts';
import type { Cgroup } from './cgroup.ts';
import type { Kept } from './kept.ts';
import type { Lag } from './lag.ts';
import type { Machine } from './machine.ts';
import type { Rlimits } from './rlimits.ts';

/** What is filled in beside pid, start, parent and name. What is left out is empty text, and -1 for the uid. */
export interface Details {
  readonly cmdline: boolean;
  readonly cgroup: boolean;
  readonly exe: boolean;
  readonly user: boolean;
  readonly ceiling: boolean;
  /** CPU time and threads as of now, where every process is read anyway. */
  readonly load: boolean;
}

/** A sample while its snapshot is being taken: readings are filled in. */
export type DraftSample = { -readonly [K in keyof ProcessSample]: ProcessSample[K] };

/** One process as it is followed from snapshot to snapshot; it is its own job for the reader. */
export interface Entry extends ReadJob, Kept {
  readonly pid: number;
  readonly start: number;
  readonly startedAt: number;
  flags: number;
  /** Of statm: mapped pages, and resident bytes with the part that is files and shared memory. */
  size: number;
  rss: number;
  shared: number;
  /** How far these may lag behind, bytes. */
  lag: number;
  /** Page faults when stat was last looked at. */
  faults: number;
  /** Of stat: CPU time since its start, ms, and threads; and the uptime when it was looked at. */
  cpu: number;
  threads: number;
  lookedAt: number;
  ppid: number;
  /** Binary strings, see names.ts. */
  comm: string;
  cmdline: string | undefined;
  exe: string | undefined;
  /** Empty text: it is not looked at any more, as that hung. */
  build: string | undefined;
  uid: number;
  cgroup: Cgroup | undefined;
  /** Where somebody asks for them, and there are any. */
  limits: Rlimits | undefined;
  /** Uptime when the slow-changing files are looked at again. */
  checkAt: number;
  /** Number of the snapshot it was last seen in. */
  seen: number;
  /** Handed to the reader and not answered yet, perhaps since an earlier snapshot. */
  asked: boolean;
  outcome: ReadOutcome | 'postponed' | undefined;
  last: ExactReading | undefined;
  /** For how long it may be read. */
  readonly account: Account;
  /** That reading belongs to the snapshot at hand, or to the next one. */
  fresh: boolean;
  /** What was known of its pages right before that reading, and how often nothing had changed since when a new one was due. */
  before: Footprint | undefined;
  stood: number;
  /** Uptime when a history first had to do without a reading of it; 0: none does. */
  waitsSince: number;
  /** Its SwapPss was asked about: its swap is looked up in each snapshot for a while. */
  swapAsked: number;
  info: ProcessInfo | undefined;
  /** What the snapshot at hand says of it. */
  sample: DraftSample | undefined;
  readonly context: EntryContext;
}

/** As long as these stand, a process has neither touched new memory nor given any back. */
export interface Footprint {
  readonly rss: number;
  readonly shared: number;
  readonly faults: number;
}

/** What an answer cost: ms, and whether the page tables were walked for it. */
export interface Work {
  readonly took: number;
  readonly walked: boolean;
}

/** What making and filling entries needs to know. */
export interface EntryContext {
  readonly root: string;
  readonly machine: Machine;
  readonly details: Details;
  readonly lag: Lag;
  /** Uptime of the snapshot, ms. */
  uptime: number;
  user(uid: number): string;
  /** Whose resource limits are asked for; undefined: nobody's. */
  asksLimits?(): ((process: ProcessInfo) => boolean) | undefined;
  /** The uptime at a moment of the monotonic clock, both in ms. */
  uptimeAt(monotonic: number): number;
  /** What was asked of an entry was answered, or will not be. */
  settled(entry: Entry, outcome: ReadOutcome, work: Work): void;
}
