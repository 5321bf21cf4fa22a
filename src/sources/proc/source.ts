import { fileURLToPath } from 'node:url';
import { type BudgetShares, DEFAULT_SHARES } from '../../core/budget.ts';
import type { ExactReading, Notice, ProcessInfo, Severity, Snapshot, UnreadReason } from '../../core/types.ts';
import { ROOT } from '../../files/root.ts';
import { type Access, describeGap, gapOf, readAccess } from './access.ts';
import type { Details } from './entry.ts';
import { pace } from './pace.ts';
import { isProc } from './proc-fs.ts';
import type { AskDemand } from './rounds.ts';
import { Sampler } from './sampler.ts';
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

/** Snapshots of the processes under a proc root. */
export interface ProcSource extends AsyncIterable<Snapshot> {
  /** Takes one now, or right after the one being taken. @throws when the root can't be listed. */
  snapshot(): Promise<Snapshot>;
  /** Makes the iteration's next snapshot due now. */
  nudge(): void;
  /** Reads one process now, to be sure before something is done to it. */
  reread(pid: number, start: number): Promise<ExactReading | UnreadReason>;
  /** Ends the reader and the iteration. */
  close(): Promise<void>;
  /** Process id of the reader child at the moment. */
  readerPid(): number | undefined;
}

const ALL: Details = { cmdline: true, cgroup: true, exe: true, user: true, ceiling: true, load: true };

const LEAST_PATIENCE = 850;

/** Reads processes from a proc file system: the cheap files in this process, whatever takes a process's memory lock in a child that can be killed. */
export function procSource(options: ProcOptions): ProcSource {
  const root = options.root ?? '/proc';
  const say = (kind: ProcNotice['kind']) => (severity: Severity, message: string) =>
    options.notice({ kind, severity, message });
  const sampler = new Sampler({
    root,
    cgroupRoot: options.cgroupRoot ?? '/sys/fs/cgroup',
    passwd: options.passwd ?? '/etc/passwd',
    details: { ...ALL, ...options.details },
    deadline: options.deadline ?? 200,
    patience: options.patience ?? Math.max(LEAST_PATIENCE, options.interval * 0.8),
    reader: options.reader ?? fileURLToPath(new URL('sources/proc/reader.js', ROOT)),
    ...(options.only && { only: options.only }),
    ...(options.demand && { demand: options.demand }),
    ...(options.asksLimits && { asksLimits: options.asksLimits }),
    ...(options.trace && { trace: options.trace }),
    budget: options.budget ?? DEFAULT_SHARES,
    whole: options.whole ?? seesAll(root),
    clock: options.clock,
    notice: say('reader'),
  });
  let last: Promise<unknown> = Promise.resolve();
  let told = false;
  let access: Access | undefined;

  function snapshot(): Promise<Snapshot> {
    const next = last.then(async () => {
      const taken = await sampler.take();
      if (!told) tell(taken);
      return taken;
    });
    last = next.catch(() => {});
    return next;
  }

  function tell(taken: Snapshot): void {
    if (options.only !== undefined) return;
    access ??= readAccess(root);
    const gap = describeGap(gapOf(taken), access);
    if (gap === undefined) return;
    told = true;
    say('coverage')('warning', gap);
  }

  const pacer = pace({
    interval: options.interval,
    take: snapshot,
    overrun: (message) => say('overrun')('warning', message),
  });
  return {
    snapshot,
    nudge: pacer.nudge,
    reread: (pid, start) => sampler.reread(pid, start),
    readerPid: () => sampler.readerPid,
    [Symbol.asyncIterator]: pacer.iterate,
    async close() {
      pacer.stop();
      await sampler.close();
      await last;
    },
  };
}

function seesAll(root: string): boolean {
  const { hidepid, ptrace } = readAccess(root);
  return isProc(root) && (hidepid === undefined || ptrace);
}
