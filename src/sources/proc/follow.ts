import { fullAccount } from '../../core/budget.ts';
import type { ReadOutcome } from './backlog.ts';
import type { Entry, EntryContext } from './entry.ts';
import { text } from './files.ts';
import { lookAgain } from './info.ts';
import { BIG, FIELD, NAME_ONLY, WANT_BUILD, WANT_CMDLINE } from './layout.ts';
import { needsCmdline } from './names.ts';
import { toReading } from './sample.ts';
import { sharedText } from './shared-text.ts';
import type { Stat, Statm } from './stat.ts';

const BIG_RSS = 64 * 2 ** 20;
const FIRST_CHECK = 1_000;
const LAST_CHECK = 300_000;

/** Makes the entry of a process met for the first time, from the stat file in the shared buffer. */
export function newEntry(pid: number, stat: Stat, context: EntryContext): Entry {
  return {
    pid,
    start: stat.start,
    startedAt: (stat.start * 1e3) / context.machine.ticks,
    fd: -1,
    flags: 0,
    size: 0,
    rss: 0,
    shared: 0,
    lag: 0,
    faults: 0,
    cpu: 0,
    threads: 0,
    lookedAt: 0,
    ppid: stat.ppid,
    comm: '',
    cmdline: undefined,
    exe: undefined,
    build: undefined,
    uid: -1,
    cgroup: undefined,
    limits: undefined,
    checkAt: 0,
    seen: 0,
    asked: false,
    outcome: undefined,
    last: undefined,
    account: fullAccount(),
    fresh: false,
    before: undefined,
    stood: 0,
    waitsSince: 0,
    swapAsked: 0,
    info: undefined,
    sample: undefined,
    context,
    settle,
  };
}

/** Brings an entry up to date from the stat file in the shared buffer, and from the slow-changing files when they are due. Hot. */
export function updateEntry(entry: Entry, stat: Stat, context: EntryContext): void {
  const { machine, uptime, lag } = context;
  entry.faults = stat.faults;
  entry.cpu = (stat.cpu * 1e3) / machine.ticks;
  entry.threads = stat.threads;
  entry.lookedAt = uptime;
  entry.lag = machine.page * (lag.pages + stat.threads * lag.pagesOfThread);
  const renamed = !sameBytes(entry.comm, stat);
  if (renamed || entry.ppid !== stat.ppid) entry.info = undefined;
  entry.ppid = stat.ppid;
  if (renamed) entry.comm = text.toString('latin1', stat.commBegin, stat.commEnd);
  const due = renamed || uptime >= entry.checkAt;
  if (due) {
    lookAgain(entry, context);
    entry.outcome = undefined;
    // Later and later while it is young, then every five minutes or so; not all at the same moment.
    const wait = Math.min(Math.max(3 * (uptime - entry.startedAt), FIRST_CHECK), LAST_CHECK);
    entry.checkAt = uptime + wait * (0.75 + (entry.pid % 64) / 128);
  }
  if (due && context.details.exe && entry.build !== '') entry.flags |= WANT_BUILD;
  if (due && (context.details.cmdline || needsCmdline(entry.comm))) entry.flags |= WANT_CMDLINE;
}

/** Takes over what statm says. @returns false when the process has no memory any more: it is a zombie. */
export function measureEntry(entry: Entry, statm: Statm, { machine: { page } }: EntryContext): boolean {
  entry.size = statm.size;
  entry.rss = statm.resident * page;
  entry.shared = Math.min(statm.shared, statm.resident) * page;
  entry.flags = entry.rss >= BIG_RSS ? entry.flags | BIG : entry.flags & ~BIG;
  return statm.size > 0;
}

/** One function for all: a closure for each would take as much as what was read. */
// biome-ignore lint/complexity/useMaxParams: it is called with three.
function settle(this: Entry, outcome: ReadOutcome, fields?: Float64Array, line?: Uint8Array): void {
  const walked = (this.flags & NAME_ONLY) === 0;
  this.flags &= ~NAME_ONLY;
  this.asked = false;
  this.outcome = walked || outcome !== 'ok' ? outcome : undefined;
  if ((this.flags & WANT_BUILD) !== 0) setBuild(this, outcome, fields?.[FIELD.build] ?? 0);
  const took = fields?.[FIELD.took] ?? 0;
  if (walked && outcome === 'ok' && fields !== undefined) {
    this.last = toReading(fields, this.context.uptimeAt);
    this.fresh = true;
    this.stood = 0;
  }
  if (line !== undefined && (this.flags & WANT_CMDLINE) !== 0) setCmdline(this, line);
  this.context.settled(this, outcome, { took, walked: walked && outcome === 'ok' });
}

function setCmdline(entry: Entry, line: Uint8Array): void {
  entry.flags &= ~WANT_CMDLINE;
  const cmdline = line.length === 0 ? undefined : Buffer.from(line).toString('latin1');
  if (cmdline === entry.cmdline) return;
  entry.cmdline = cmdline;
  entry.info = undefined;
}

/** Where the reading hung it may have been for the sake of the build: that is not asked for again. */
function setBuild(entry: Entry, outcome: ReadOutcome, hash: number): void {
  if (outcome === 'late') return;
  entry.flags &= ~WANT_BUILD;
  const build = outcome === 'stuck' ? '' : hash > 0 ? sharedText(hash.toString(36)) : entry.build;
  if (build === entry.build) return;
  entry.build = build;
  entry.info = undefined;
}

function sameBytes(comm: string, { commBegin, commEnd }: Stat): boolean {
  if (comm.length !== commEnd - commBegin) return false;
  for (let i = 0; i < comm.length; i++) if (comm.charCodeAt(i) !== text[commBegin + i]) return false;
  return true;
}
