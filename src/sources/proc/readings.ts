import { setTimeout } from 'node:timers/promises';
import type { Severity } from '../../core/types.ts';
import type { ReadJob, ReadOutcome } from './backlog.ts';
import { ReaderClient } from './client.ts';
import type { Entry, EntryContext } from './entry.ts';
import { infoOf, readUid } from './info.ts';
import { BIG, NAME_ONLY, WANT_CMDLINE } from './layout.ts';
import { monotonic } from './monotonic.ts';
import { describeHang, describeQuarantine, stuckList } from './stuck.ts';
import type { ProcessTable } from './table.ts';

/** Who is read, and how. */
export interface ReadingsOptions {
  readonly deadline: number;
  readonly patience: number;
  /** Path of the reader script. */
  readonly reader: string;
  notice(severity: Severity, message: string): void;
}

/** Once a reading hung, the snapshot ends this many ms after its begin, or after the hang was found; the rest is late. */
const CAP_AFTER_BEGIN = 850;
const CAP_AFTER_HANG = 600;
/** How often it is asked whether to wait on. */
const PAUSE = 50;
/** Processes handed to the reader at once. */
const BATCH = 128;

/** Has processes read: in which order, and how long it is waited for. Holds the reader child. */
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
  #began = 0;
  #retried = false;

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

  /** A snapshot begins: its time runs from `began`, on the monotonic clock. */
  begin(began: number): void {
    this.#began = began;
    this.#longest = 0;
    this.#hungAt = undefined;
    this.#retried = false;
    this.#stuck.keepOnly((pid, start) => this.#table.get(pid, start) !== undefined);
  }

  /** ms of the longest single reading in this snapshot. */
  get longest(): number {
    return this.#longest;
  }

  /** Is there no time left in this snapshot? */
  get isOver(): boolean {
    return monotonic() >= this.#end();
  }

  /** Reads the command lines of those whose names may need them. */
  async name(entries: Pick<ProcessTable, 'each'>): Promise<void> {
    const nameless: Entry[] = [];
    entries.each((entry) => {
      if ((entry.flags & WANT_CMDLINE) !== 0 && !entry.asked && this.#avoided(entry) === undefined)
        nameless.push(entry);
    });
    if (nameless.length === 0) return;
    // Until it is answered, which may be long after this call: its answer holds no figures.
    for (const entry of nameless) entry.flags |= NAME_ONLY;
    this.#submitBatches(nameless);
    await this.#wait();
  }

  /**
   * Reads the memory of these, until all are settled or there is no time left: small ones in batches, then big ones one by one,
   * then one that hung before. Where the last snapshot had too little time, those not read for longest come first.
   */
  async read(entries: readonly Entry[]): Promise<void> {
    const [small, big, retry]: [Entry[], Entry[], Entry[]] = [[], [], []];
    for (const entry of entries) {
      entry.outcome = this.#avoided(entry);
      if (entry.outcome !== undefined) continue;
      if (this.#stuck.knows(entry)) retry.push(entry);
      else if ((entry.flags & BIG) !== 0) big.push(entry);
      else small.push(entry);
    }
    if (this.#behind) this.#submitBatches([...small, ...big].sort((a, b) => readAt(a) - readAt(b)));
    else this.#submitBatches([...small, ...big.sort((a, b) => a.rss - b.rss)]);
    this.#retry(retry);
    await this.#wait();
  }

  /** The snapshot ends: what was not begun will not be read. */
  finish(): void {
    this.#behind = false;
    this.#client.abandon();
  }

  /** A reading that was asked for by an entry ended. */
  settled(entry: Entry, outcome: ReadOutcome, took: number): void {
    this.#longest = Math.max(this.#longest, took);
    if (outcome === 'stuck') this.#hung(entry);
    else if (outcome === 'late') this.#behind = true;
    else this.#stuck.recovered(entry.pid);
  }

  async #wait(): Promise<void> {
    const left = new AbortController();
    const idle = this.#client.idle().then(() => left.abort());
    while (!left.signal.aborted && !this.isOver) {
      const pause = setTimeout(PAUSE, undefined, { signal: left.signal }).catch(() => {});
      await Promise.race([idle, pause]);
    }
    left.abort();
  }

  /** When this snapshot ends at the latest. */
  #end(): number {
    const patient = this.#began + this.#options.patience;
    if (this.#hungAt === undefined) return patient;
    return Math.min(patient, Math.max(this.#began + CAP_AFTER_BEGIN, this.#hungAt + CAP_AFTER_HANG));
  }

  /** A process that hung before is tried again behind all others, one in each snapshot. */
  #retry(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (this.#retried) entry.outcome = 'stuck';
      else this.#submit([entry]);
      this.#retried = true;
    }
  }

  #submitBatches(entries: readonly Entry[]): void {
    let batch: Entry[] = [];
    for (const entry of entries) {
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
    return this.#stuck.quarantined(entry.uid, now) ? 'postponed' : undefined;
  }

  #hung(entry: Entry): void {
    this.#hungAt ??= monotonic();
    if (entry.uid < 0) entry.uid = readUid(this.#context.root, entry.pid);
    const first = !this.#stuck.knows(entry);
    const quarantine = this.#stuck.hung(entry, this.#context.uptimeAt(monotonic()));
    const { notice } = this.#options;
    if (first) notice('warning', describeHang(entry.pid, infoOf(entry, this.#context).name));
    if (quarantine) notice('critical', describeQuarantine(this.#context.user(entry.uid)));
  }
}

function readAt({ last }: Entry): number {
  return last?.at ?? 0;
}
