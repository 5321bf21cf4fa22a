import { setTimeout } from 'node:timers/promises';
import { escapeControls } from '../../core/escape.ts';
import type { ProcessInfo, Severity } from '../../core/types.ts';
import type { ReadJob, ReadOutcome } from './backlog.ts';
import { ReaderClient } from './client.ts';
import type { Entry, EntryContext } from './entry.ts';
import { infoOf, readUid } from './info.ts';
import { BIG, NAME_ONLY, WANT_CMDLINE } from './layout.ts';
import { monotonic } from './monotonic.ts';
import { stuckList } from './stuck.ts';
import type { ProcessTable } from './table.ts';

/** Who is read, and how. */
export interface ReadingsOptions {
  readonly deadline: number;
  readonly patience: number;
  /** Path of the reader script. */
  readonly reader: string;
  readonly only?: (process: ProcessInfo) => boolean;
  notice(severity: Severity, message: string): void;
}

/** How the reading of one snapshot went. */
export interface Tally {
  /** ms of the longest single reading. */
  readonly longest: number;
  /** Processes that ended between being listed and being looked at. */
  readonly gone: number;
  /** Processes with memory that were met. */
  readonly met: number;
}

/** Once a reading hung, the snapshot ends this many ms after its begin, or after the hang was found; the rest is late. */
const CAP_AFTER_BEGIN = 850;
const CAP_AFTER_HANG = 600;
/** How often it is asked whether to wait on. */
const PAUSE = 50;
/** Processes handed to the reader at once. */
const BATCH = 128;

/** Has the processes of a table read: decides who, in which order, and how long it is waited for. Holds the reader child. */
export class Readings {
  readonly #options: ReadingsOptions;
  readonly #context: EntryContext;
  readonly #table: ProcessTable;
  readonly #client: ReaderClient;
  readonly #stuck = stuckList();
  #longest = 0;
  #hungAt: number | undefined;
  /** The last snapshot left some out for want of time. */
  #behind = false;

  constructor(options: ReadingsOptions, context: EntryContext, table: ProcessTable) {
    this.#options = options;
    this.#context = context;
    this.#table = table;
    const { reader, deadline, notice } = options;
    this.#client = new ReaderClient({ root: context.root, script: reader, deadline, notice });
    this.#client.start();
  }

  get readerPid(): number | undefined {
    return this.#client.pid;
  }

  /** CPU time of the reader so far, ms. */
  get cpu(): number {
    return this.#client.cpu;
  }

  /** Reads one process before its turn. */
  submit(job: ReadJob): void {
    this.#client.submit([job]);
  }

  /** Resolves when the reader is gone, or can't be waited for. */
  close(): Promise<void> {
    return this.#client.close();
  }

  /**
   * Looks at all processes and has them read: small ones in batches while the looking goes on, then big ones one by one, then
   * one that hung before. Where the last snapshot had too little time, those not read for longest come first.
   */
  async read(began: number): Promise<Tally> {
    this.#longest = 0;
    this.#hungAt = undefined;
    const small: Entry[] = [];
    const big: Entry[] = [];
    const retry: Entry[] = [];
    let met = 0;
    const gone = await this.#table.scan((entry) => {
      met++;
      entry.outcome = this.#avoided(entry);
      if (entry.outcome !== undefined) return;
      // A process that hung before is tried again behind all others, one in each snapshot.
      if (this.#stuck.knows(entry)) entry.outcome = retry.length === 0 ? void retry.push(entry) : 'stuck';
      else if ((entry.flags & BIG) !== 0) big.push(entry);
      else if (small.push(entry) >= BATCH && !this.#behind) this.#submit(small.splice(0));
    });
    if (this.#behind) this.#submitByAge([...small, ...big]);
    else for (const batch of [small, ...big.sort((a, b) => a.rss - b.rss).map((entry) => [entry])]) this.#submit(batch);
    this.#submit(retry);
    this.#stuck.keepOnly((pid, start) => this.#table.get(pid, start) !== undefined);
    await this.#wait(began);
    this.#behind = false;
    this.#client.abandon();
    return { longest: this.#longest, gone, met };
  }

  /** A reading that was asked for by an entry ended. */
  settled(entry: Entry, outcome: ReadOutcome, took: number): void {
    this.#longest = Math.max(this.#longest, took);
    if (outcome === 'stuck') this.#hung(entry);
    else if (outcome === 'late') this.#behind = true;
    else this.#stuck.recovered(entry.pid);
    if (outcome === 'ok' && (entry.flags & NAME_ONLY) !== 0) this.#named(entry);
  }

  async #wait(began: number): Promise<void> {
    const left = new AbortController();
    const idle = this.#client.idle().then(() => left.abort());
    while (!left.signal.aborted && monotonic() < this.#end(began)) {
      const pause = setTimeout(PAUSE, undefined, { signal: left.signal }).catch(() => {});
      await Promise.race([idle, pause]);
    }
    left.abort();
  }

  /** When this snapshot ends at the latest. */
  #end(began: number): number {
    const patient = began + this.#options.patience;
    if (this.#hungAt === undefined) return patient;
    return Math.min(patient, Math.max(began + CAP_AFTER_BEGIN, this.#hungAt + CAP_AFTER_HANG));
  }

  #submitByAge(entries: Entry[]): void {
    let batch: Entry[] = [];
    for (const entry of entries.sort((a, b) => a.readAt - b.readAt)) {
      batch.push(entry);
      if (batch.length < BATCH && (entry.flags & BIG) === 0) continue;
      this.#submit(batch);
      batch = [];
    }
    this.#submit(batch);
  }

  #submit(entries: readonly Entry[]): void {
    // What is still being read since the last snapshot will be answered anyway.
    const jobs = entries.filter((entry) => !entry.asked);
    for (const entry of jobs) entry.asked = true;
    this.#client.submit(jobs);
  }

  #avoided(entry: Entry): 'stuck' | 'postponed' | undefined {
    const now = this.#context.uptime;
    if (this.#stuck.avoids(entry, now)) return 'stuck';
    return this.#stuck.quarantined(entry.uid, now) || !this.#wanted(entry) ? 'postponed' : undefined;
  }

  /** Is it to be read? Where the command line may tell another name, that is read first, alone. */
  #wanted(entry: Entry): boolean {
    const { only } = this.#options;
    if (only === undefined) return true;
    if ((entry.flags & WANT_CMDLINE) === 0) return only(infoOf(entry, this.#context));
    entry.flags |= NAME_ONLY;
    return true;
  }

  /** The name is known now. */
  #named(entry: Entry): void {
    entry.flags &= ~NAME_ONLY;
    entry.outcome = this.#wanted(entry) ? undefined : 'postponed';
    if (entry.outcome === undefined) this.#submit([entry]);
  }

  #hung(entry: Entry): void {
    this.#hungAt ??= monotonic();
    if (entry.uid < 0) entry.uid = readUid(this.#context.root, entry.pid);
    const { pid, uid } = entry;
    const first = !this.#stuck.knows(entry);
    const quarantine = this.#stuck.hung(entry, monotonic() + this.#context.offset());
    const { name } = infoOf(entry, this.#context);
    const { notice } = this.#options;
    if (first)
      notice(
        'warning',
        `reading process ${pid} (${escapeControls(name)}) hangs: it holds its own memory lock. It is left out and tried again now and then`,
      );
    if (quarantine) {
      const who = escapeControls(this.#context.user(uid));
      notice(
        'critical',
        `three processes of user ${who} make reading hang: the memory of this user's processes is not read for the next 5 minutes`,
      );
    }
  }
}
