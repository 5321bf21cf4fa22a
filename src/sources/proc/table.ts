import { readdirSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { bareList, isBare } from './bare.ts';
import type { Entry, EntryContext } from './entry.ts';
import { FAILED, GONE, readFile, reasonOf, text } from './files.ts';
import { measureEntry, newEntry, updateEntry } from './follow.ts';
import { keeper, readStatm } from './kept.ts';
import { monotonic } from './monotonic.ts';
import { pidClock } from './pids.ts';
import { emptyStat, parseStat, parseStatm, type Statm } from './stat.ts';

/** The processes under a proc root, followed from scan to scan. */
export interface ProcessTable {
  /** Looks at every process. @returns how many ended between being listed and being looked at. @throws when the root can't be listed. */
  scan(): Promise<number>;
  /** Shows the processes of the last scan that have memory: kernel threads and zombies have none. */
  each(see: (entry: Entry) => void): void;
  /** Processes of the last scan that may hold memory which none of their files tells of. */
  readonly hollow: number;
  get(pid: number, start: number): Entry | undefined;
  /** Looks at the stat file of a process now. @returns false when it is no more, undefined when that can't be told. */
  refresh(entry: Entry): boolean | undefined;
  /** Is it still the same process that has the pid? */
  lives(entry: Entry): boolean;
  forget(entry: Entry): void;
  /** Names of users changed: everything said about processes is to be said anew. */
  renewInfo(): void;
  close(): void;
}

const stat = emptyStat();
const statm: Statm = { size: 0, resident: 0, shared: 0 };
/** The event loop is let go after so many ms; the clock is looked at every so many processes. */
const SLICE = 10;
const STRIDE = 32;

/**
 * Hot path: one statm for each process, into one buffer, by a descriptor that also proves that it is the process it was. stat is
 * read of newcomers, when the mapped size has changed (as it does when another program is executed), when the parent has
 * ended, and now and then.
 */
export function processTable(context: EntryContext): ProcessTable {
  const { root } = context;
  const table = new Map<number, Entry>();
  const clock = pidClock(root);
  const statms = keeper(root);
  const bare = bareList(statms);
  /** Pids of those that ended since their children were last looked at. */
  const ended = new Set<number>();
  let round = 0;
  let lastPid: number | undefined;

  /** @returns false when there is no such process any more. */
  function look(pid: number): boolean {
    const entry = table.get(pid);
    if (entry !== undefined) {
      if (follow(entry)) return true;
      forget(entry);
    }
    return bare.follow(pid, round) || meet(pid);
  }

  /** @returns false when it is another process now, or has no memory any more. */
  function follow(entry: Entry): boolean {
    const { size } = entry;
    const length = statms.read(entry);
    if (length === GONE) return false;
    if (length > 0 && parseStatm(text, length, statm) && !measureEntry(entry, statm, context)) return false;
    entry.seen = round;
    // Without a descriptor of its own only the start time tells that it is the same process.
    return (entry.fd >= 0 && entry.size === size && context.uptime < entry.checkAt) || refresh(entry) !== false;
  }

  function refresh(entry: Entry): boolean | undefined {
    const length = readFile(`${root}/${entry.pid}/stat`);
    if (length === FAILED) return undefined;
    if (length < 0 || !parseStat(text, length, stat) || stat.start !== entry.start) return false;
    updateEntry(entry, stat, context);
    return true;
  }

  function meet(pid: number): boolean {
    const length = readFile(`${root}/${pid}/stat`);
    // To be met when there are descriptors again.
    if (length === FAILED) lastPid = undefined;
    if (length < 0) return length !== GONE;
    if (!parseStat(text, length, stat)) return true;
    if (isBare(stat)) bare.add(pid, stat, round);
    else enter(pid);
    return true;
  }

  function enter(pid: number): void {
    const entry = newEntry(pid, stat, context);
    entry.rss = stat.rss * context.machine.page;
    entry.shared = entry.rss;
    updateEntry(entry, stat, context);
    // Where statm makes no sense, stat's own figure, which lags behind, has to do.
    if (readStatm(statms, entry, statm) && !measureEntry(entry, statm, context)) {
      statms.drop(entry);
      bare.add(pid, stat, round);
      return;
    }
    entry.seen = round;
    table.set(pid, entry);
  }

  async function scan(): Promise<number> {
    round++;
    // While no pid was given out since the last scan, there is nobody who is not known.
    const last = clock.last();
    const steady = last !== undefined && last === lastPid;
    lastPid = last;
    const listed = steady ? undefined : list();
    const gone = await lookAtAll(listed ?? [...table.keys(), ...bare.hollow()]);
    table.forEach(forgetUnseen);
    bare.keepSeen(round, listed === undefined);
    refreshOrphans();
    return listed === undefined ? 0 : gone;
  }

  /** @returns undefined when descriptors are short: then those that are known have to do. */
  function list(): number[] | undefined {
    try {
      return readdirSync(root).map(Number);
    } catch (error) {
      if (reasonOf(error) !== FAILED || table.size === 0) throw error;
      lastPid = undefined;
      return undefined;
    }
  }

  async function lookAtAll(pids: readonly number[]): Promise<number> {
    let gone = 0;
    let sliceEnd = monotonic() + SLICE;
    for (let i = 0; i < pids.length; i++) {
      const pid = pids[i] ?? 0;
      if (pid > 0 && !look(pid)) gone++;
      if (i % STRIDE !== 0 || monotonic() < sliceEnd) continue;
      await setImmediate();
      sliceEnd = monotonic() + SLICE;
    }
    return gone;
  }

  /** The children of who has ended have another parent now. */
  function refreshOrphans(): void {
    if (ended.size > 0) for (const entry of table.values()) if (ended.has(entry.ppid)) refresh(entry);
    ended.clear();
  }

  function forgetUnseen(entry: Entry): void {
    if (entry.seen !== round) forget(entry);
  }

  function forget(entry: Entry): void {
    ended.add(entry.pid);
    statms.drop(entry);
    if (table.get(entry.pid) === entry) table.delete(entry.pid);
  }

  return {
    scan,
    refresh,
    lives: (entry) => statms.lives(entry) ?? startOf(root, entry.pid) === entry.start,
    forget,
    each: (see) => table.forEach(see),
    get hollow() {
      return bare.hollow().length;
    },
    get: (pid, start) => {
      const entry = table.get(pid);
      return entry?.start === start ? entry : undefined;
    },
    renewInfo: () => {
      for (const entry of table.values()) entry.info = undefined;
    },
    close: () => {
      for (const entry of table.values()) statms.drop(entry);
      bare.close();
    },
  };
}

/** Start time of the process that has this pid now; undefined when there is none. */
export function startOf(root: string, pid: number): number | undefined {
  const length = readFile(`${root}/${pid}/stat`);
  return length >= 0 && parseStat(text, length, stat) ? stat.start : undefined;
}
