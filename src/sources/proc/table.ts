import { setImmediate } from 'node:timers/promises';
import { type BareList, bareList, isBare } from './bare.ts';
import type { Entry, EntryContext } from './entry.ts';
import { FAILED, GONE, readFile, text } from './files.ts';
import { measureEntry, newEntry, updateEntry } from './follow.ts';
import { type Keeper, keeper, readStatm } from './kept.ts';
import { monotonic } from './monotonic.ts';
import { Newcomers } from './newcomers.ts';
import { emptyStat, parseStat, parseStatm, type Statm } from './stat.ts';

const stat = emptyStat();
const statm: Statm = { size: 0, resident: 0, shared: 0 };
/** The event loop is let go after so many ms; the clock is looked at every so many processes. */
const SLICE = 10;
const STRIDE = 32;

/**
 * The processes under a proc root, followed from scan to scan. A class, as it holds open files.
 *
 * Hot path: one statm for each process, into one buffer, by a descriptor that also proves that it is the process it was. stat is
 * read of newcomers, when the mapped size has changed (as it does when another program is executed), when the parent has
 * ended, and now and then.
 */
export class ProcessTable {
  readonly #context: EntryContext;
  readonly #entries = new Map<number, Entry>();
  readonly #newcomers: Newcomers;
  readonly #statms: Keeper;
  readonly #bare: BareList;
  /** Pids of those that ended since their children were last looked at. */
  readonly #ended = new Set<number>();
  /** Number of the scan. */
  #round = 0;

  constructor(context: EntryContext) {
    this.#context = context;
    this.#newcomers = new Newcomers(context.root);
    this.#statms = keeper(context.root);
    this.#bare = bareList(this.#statms);
  }

  /** Looks at every process. @returns how many ended between being listed and being looked at. @throws when the root can't be listed. */
  async scan(): Promise<number> {
    this.#round++;
    const listed = this.#newcomers.list(this.#entries.size > 0);
    const gone = await this.#lookAtAll(listed ?? [...this.#entries.keys(), ...this.#bare.hollow()]);
    this.#entries.forEach((entry) => {
      if (entry.seen !== this.#round) this.forget(entry);
    });
    this.#bare.keepSeen(this.#round, listed === undefined);
    this.#refreshOrphans();
    return listed === undefined ? 0 : gone;
  }

  /** Shows the processes of the last scan that have memory: kernel threads and zombies have none. */
  each(see: (entry: Entry) => void): void {
    this.#entries.forEach(see);
  }

  /** Processes of the last scan that may hold memory which none of their files tells of. */
  get hollow(): number {
    return this.#bare.hollow().length;
  }

  get(pid: number, start: number): Entry | undefined {
    const entry = this.#entries.get(pid);
    return entry?.start === start ? entry : undefined;
  }

  /** Looks at the stat file of a process now. @returns false when it is no more, undefined when that can't be told. */
  refresh(entry: Entry): boolean | undefined {
    const length = readFile(`${this.#context.root}/${entry.pid}/stat`);
    if (length === FAILED) return undefined;
    if (length < 0 || !parseStat(text, length, stat) || stat.start !== entry.start) return false;
    updateEntry(entry, stat, this.#context);
    return true;
  }

  /** Is it still the same process that has the pid? */
  lives(entry: Entry): boolean {
    return this.#statms.lives(entry) ?? startOf(this.#context.root, entry.pid) === entry.start;
  }

  forget(entry: Entry): void {
    this.#ended.add(entry.pid);
    this.#statms.drop(entry);
    if (this.#entries.get(entry.pid) === entry) this.#entries.delete(entry.pid);
  }

  /** Names of users changed: everything said about processes is to be said anew. */
  renewInfo(): void {
    for (const entry of this.#entries.values()) entry.info = undefined;
  }

  close(): void {
    for (const entry of this.#entries.values()) this.#statms.drop(entry);
    this.#bare.close();
  }

  async #lookAtAll(pids: readonly number[]): Promise<number> {
    let gone = 0;
    let sliceEnd = monotonic() + SLICE;
    for (let i = 0; i < pids.length; i++) {
      const pid = pids[i] ?? 0;
      if (pid > 0 && !this.#look(pid)) gone++;
      if (i % STRIDE !== 0 || monotonic() < sliceEnd) continue;
      await setImmediate();
      sliceEnd = monotonic() + SLICE;
    }
    return gone;
  }

  /** @returns false when there is no such process any more. */
  #look(pid: number): boolean {
    const entry = this.#entries.get(pid);
    if (entry !== undefined) {
      if (this.#follow(entry)) return true;
      this.forget(entry);
    }
    return this.#bare.follow(pid, this.#round) || this.#meet(pid);
  }

  /** @returns false when it is another process now, or has no memory any more. */
  #follow(entry: Entry): boolean {
    const { size } = entry;
    const length = this.#statms.read(entry);
    if (length === GONE) return false;
    if (length > 0 && parseStatm(text, length, statm) && !measureEntry(entry, statm, this.#context)) return false;
    entry.seen = this.#round;
    // Without a descriptor of its own only the start time tells that it is the same process.
    const isSame = entry.fd >= 0 && entry.size === size && this.#context.uptime < entry.checkAt;
    return isSame || this.refresh(entry) !== false;
  }

  #meet(pid: number): boolean {
    const length = readFile(`${this.#context.root}/${pid}/stat`);
    if (length === FAILED) this.#newcomers.missed();
    if (length < 0) return length !== GONE;
    if (!parseStat(text, length, stat)) return true;
    if (isBare(stat)) this.#bare.add(pid, stat, this.#round);
    else this.#enter(pid);
    return true;
  }

  #enter(pid: number): void {
    const entry = newEntry(pid, stat, this.#context);
    entry.rss = stat.rss * this.#context.machine.page;
    entry.shared = entry.rss;
    updateEntry(entry, stat, this.#context);
    // Where statm makes no sense, stat's own figure, which lags behind, has to do.
    if (readStatm(this.#statms, entry, statm) && !measureEntry(entry, statm, this.#context)) {
      this.#statms.drop(entry);
      this.#bare.add(pid, stat, this.#round);
      return;
    }
    entry.seen = this.#round;
    this.#entries.set(pid, entry);
  }

  /** The children of who has ended have another parent now. */
  #refreshOrphans(): void {
    if (this.#ended.size === 0) return;
    for (const entry of this.#entries.values()) if (this.#ended.has(entry.ppid)) this.refresh(entry);
    this.#ended.clear();
  }
}

/** Start time of the process that has this pid now; undefined when there is none. */
export function startOf(root: string, pid: number): number | undefined {
  const length = readFile(`${root}/${pid}/stat`);
  return length >= 0 && parseStat(text, length, stat) ? stat.start : undefined;
}
