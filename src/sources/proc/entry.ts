import type { ExactReading, ProcessInfo } from '../../core/types.ts';
import type { ReadJob, ReadOutcome } from './backlog.ts';
import type { Cgroup } from './cgroup.ts';
import type { Machine } from './machine.ts';

/** What is filled in beside pid, start, parent and name. What is left out is empty text, and -1 for the uid. */
export interface Details {
  readonly cmdline: boolean;
  readonly cgroup: boolean;
  readonly exe: boolean;
  readonly user: boolean;
  readonly ceiling: boolean;
}

/** One process as it is followed from snapshot to snapshot; it is its own job for the reader. */
export interface Entry extends ReadJob {
  readonly start: number;
  readonly startedAt: number;
  flags: number;
  rss: number;
  ppid: number;
  /** Binary strings, see names.ts. */
  comm: string;
  cmdline: string | undefined;
  exe: string | undefined;
  uid: number;
  cgroup: Cgroup | undefined;
  /** Uptime when the slow-changing files are looked at again. */
  checkAt: number;
  /** Number of the snapshot it was last seen in. */
  seen: number;
  /** Handed to the reader and not answered yet, perhaps since an earlier snapshot. */
  asked: boolean;
  outcome: ReadOutcome | 'postponed' | undefined;
  /** Its reading for the next snapshot. */
  exact: ExactReading | undefined;
  /** When it was last read, on the monotonic clock. */
  readAt: number;
  info: ProcessInfo | undefined;
}

/** What making and filling entries needs to know. */
export interface EntryContext {
  readonly root: string;
  readonly machine: Machine;
  readonly details: Details;
  /** Uptime of the snapshot, ms. */
  uptime: number;
  user(uid: number): string;
  /** What to add to the reader's clock to get the uptime, ms. */
  offset(): number;
  settled(entry: Entry, outcome: ReadOutcome, took: number): void;
}
