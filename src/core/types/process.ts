/** What is known of a process and seldom changes. The same object is handed on from snapshot to snapshot until something in it does change, so it can serve as a cache key. */
export interface ProcessInfo {
  readonly pid: number;
  /** Start time in clock ticks after boot (field 22 of /proc/PID/stat). With the pid it is the identity: pids are reused. */
  readonly start: number;
  /** Start time in ms after boot, to reckon the age on `uptime`. */
  readonly startedAt: number;
  readonly ppid: number;
  /** comm, or the longer name from the command line where comm was cut at 15 bytes. Written by strangers: escape before showing. */
  readonly name: string;
  /** Target of /proc/PID/exe, where it may be read. */
  readonly exe?: string;
  /** Tells one build of the program from another: a hash of the inode, the size and the time of change of its file, where that was looked at. */
  readonly build?: string;
  /** Command line with blanks between the arguments, at most 4 KiB, where it was read. Written by strangers. */
  readonly cmdline?: string;
  readonly uid: number;
  /** User name of `uid`, or the number as text. */
  readonly user: string;
  /** Path in the cgroup hierarchy (v2's, else the systemd or memory one of v1). */
  readonly cgroup: string;
  /** systemd unit that the cgroup belongs to: `nginx.service`. */
  readonly unit?: string;
  /** Container id (64 hex digits, or the runtime's name for it) found in the cgroup. */
  readonly container?: string;
}

/** The memory of one process, all from one read of one file (smaps_rollup). */
export interface ExactReading {
  /** Uptime of the reading, ms. */
  readonly at: number;
  /** Proportional set size. SwapPss is not in it. */
  readonly pss: number;
  readonly swapPss: number;
  readonly rss: number;
  /** Private_Clean + Private_Dirty: what ending the process would give back. Huge pages of hugetlbfs are neither in it nor in RSS. */
  readonly uss: number;
  readonly anon: number;
  readonly file: number;
  readonly shmem: number;
  /** Private_Dirty + Shared_Dirty. */
  readonly dirty: number;
}

/** A limit that a process has of its own (getrlimit(2)), and how much of it is used, bytes. At the limit it gets no more memory. */
export interface ResourceLimit {
  readonly name: 'RLIMIT_AS' | 'RLIMIT_DATA';
  readonly limit: number;
  readonly used: number;
}

/** A figure known to lie between two bounds; exact when they are equal. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/**
 * Why a process that was to be read has no exact reading: it may not be read; reading it hangs; reading it would cost more than
 * is allowed (or only others were asked for); there was no time left in this snapshot; it ended just then.
 */
export type UnreadReason = 'denied' | 'stuck' | 'postponed' | 'late' | 'gone';

/** One process in one snapshot. Without `exact` and `unread` nobody had to know more of it than its bounds. */
export interface ProcessSample {
  readonly process: ProcessInfo;
  /** Resident set size of statm: the upper bound of PSS that costs nothing. */
  readonly rss: number;
  /** The part of `rss` that is files and shared memory (third figure of statm); the rest is anonymous. Absent: not known. */
  readonly shared?: number;
  /** How far statm may lag behind the truth on this kernel, bytes; absent: not at all. */
  readonly lag?: number;
  /** SwapPss is at most this; absent: not known. */
  readonly swap?: number;
  /** CPU time taken since its start (utime and stime of stat), ms; absent: not read. */
  readonly cpu?: number;
  /** Threads (field 20 of stat); absent: not read. */
  readonly threads?: number;
  /** Uptime when these two were looked at, ms: with each reading that a history asks for, and else when the process has changed. Absent: in this snapshot. */
  readonly loadAt?: number;
  /** What was read in this snapshot. */
  readonly exact?: ExactReading;
  /** The last reading, of this or an earlier snapshot: its `at` tells its age. */
  readonly last?: ExactReading;
  /** As far as can be told without reading, `last` is still true: the process has not touched new memory since. */
  readonly still?: boolean;
  readonly unread?: UnreadReason;
  /** The nearest real ceiling of its cgroup: the lowest memory.max or memory.high up the tree; absent where there is none. */
  readonly ceiling?: number;
  /** The least that it may take yet under any of these limits, bytes: less what others under them use. Up to half a minute old; absent where it is not known. */
  readonly room?: number;
  /** Limits of its own on its memory; absent where it has none, or no rule asks. */
  readonly limits?: readonly ResourceLimit[];
}

/** Finds the process with a pid in the snapshot at hand, to follow a tree upwards. */
export type ParentLookup = (pid: number) => ProcessInfo | undefined;
