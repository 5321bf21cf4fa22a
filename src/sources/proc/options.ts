import { fileURLToPath } from 'node:url';
import { type BudgetShares, DEFAULT_SHARES } from '../../core/budget.ts';
import type { Notice, ProcessInfo, Severity } from '../../core/types.ts';
import { ROOT } from '../../files/root.ts';
import { readAccess } from './access.ts';
import type { Details } from './entry.ts';
import { isProc } from './proc-fs.ts';
import type { AskDemand } from './rounds.ts';
import type { SamplerOptions } from './sampler.ts';
import type { Clock } from './time.ts';

/** Something to be said about the reading itself. */
export interface ProcNotice {
  readonly kind: Extract<Notice['kind'], 'coverage' | 'reader' | 'overrun'>;
  readonly severity: Severity;
  readonly message: string;
}

/** Where and how to read. */
export interface ProcOptions {
  /** Root of the proc file system; `/proc`. */
  readonly root?: string;
  /** Where the cgroup hierarchies are mounted; `/sys/fs/cgroup`. */
  readonly cgroupRoot?: string;
  /** File of user names; `/etc/passwd`. */
  readonly passwd?: string;
  /** ms from one snapshot to the next, when iterating. */
  readonly interval: number;
  /** What to fill in of ProcessInfo and ProcessSample; all of it by default. Left out is empty text, and -1 for the uid. */
  readonly details?: Partial<Details>;
  /** Which processes are read exactly; all by default. The others are postponed: with their resident size alone, and no notice of coverage. */
  readonly only?: (process: ProcessInfo) => boolean;
  /** Says which processes of a draft must be read; asked again when they were. Absent: all are read. */
  readonly demand?: AskDemand;
  /** Whose resource limits are asked for, when the slow-changing files of processes are looked at; undefined: nobody's. */
  readonly asksLimits?: () => ((process: ProcessInfo) => boolean) | undefined;
  /** What reading may cost where `demand` asks for it. */
  readonly budget?: BudgetShares;
  /** Every process of the host is seen under this root, so that their PSS adds up to its AnonPages and Mapped. Found out by default. */
  readonly whole?: boolean;
  /** Told of each reading that `demand` asked for and why, for a debug log. */
  trace?(line: string): void;
  /** ms without progress after which a reading counts as hung; 200. Big processes get more, in proportion to their size. */
  readonly deadline?: number;
  /**
   * ms after which a snapshot ends with what was read by then; the rest is late, and comes first in the next one. By default
   * four fifths of the interval, at least 850; `Infinity` where one snapshot has to hold everything. A hang ends it sooner.
   */
  readonly patience?: number;
  /** Path of the reader script. */
  readonly reader?: string;
  /** Time of snapshots and readings; the machine's own by default. Deadlines and pauses always go by the machine's. */
  readonly clock?: Clock;
  notice(notice: ProcNotice): void;
}

const ALL: Details = { cmdline: true, cgroup: true, exe: true, user: true, ceiling: true, load: true };

const LEAST_PATIENCE = 850;

/** The same with every default filled in. */
export function withDefaults(options: ProcOptions): SamplerOptions {
  const { root = '/proc', interval, only, demand, asksLimits, trace } = options;
  return {
    root,
    cgroupRoot: options.cgroupRoot ?? '/sys/fs/cgroup',
    passwd: options.passwd ?? '/etc/passwd',
    details: { ...ALL, ...options.details },
    deadline: options.deadline ?? 200,
    patience: options.patience ?? Math.max(LEAST_PATIENCE, interval * 0.8),
    reader: options.reader ?? fileURLToPath(new URL('sources/proc/reader.js', ROOT)),
    ...(only && { only }),
    ...(demand && { demand }),
    ...(asksLimits && { asksLimits }),
    ...(trace && { trace }),
    budget: options.budget ?? DEFAULT_SHARES,
    whole: options.whole ?? seesAll(root),
    clock: options.clock,
    notice: (severity, message) => options.notice({ kind: 'reader', severity, message }),
  };
}

function seesAll(root: string): boolean {
  const { hidepid, ptrace } = readAccess(root);
  return isProc(root) && (hidepid === undefined || ptrace);
}
