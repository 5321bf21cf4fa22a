import { setTimeout } from 'node:timers/promises';
import { escapeControls } from '../../core/escape.ts';
import type {
  ExactReading,
  HostMemory,
  ProcessInfo,
  ProcessSample,
  Severity,
  Snapshot,
  UnreadReason,
} from '../../core/types.ts';
import { type CeilingLookup, ceilings } from './ceiling.ts';
import { ReaderClient, type ReadOutcome } from './client.ts';
import { type Details, type Entry, type EntryContext, infoOf, readUid, toReading } from './entry.ts';
import { GONE, readFile, text } from './files.ts';
import { type HostIdentity, readHostMemory, readIdentity, uptimeOffset } from './host.ts';
import { BIG, NAME_ONLY, WANT_CMDLINE } from './layout.ts';
import { readMachine } from './machine.ts';
import { monotonic } from './monotonic.ts';
import { mayBeReused, type PidClock, pidClock } from './pids.ts';
import { reasonFor, reasonOf, toSample } from './sample.ts';
import { parseStatm } from './stat.ts';
import { stuckList } from './stuck.ts';
import { type ProcessTable, processTable, startOf } from './table.ts';
import { users } from './users.ts';

/** Settings of a sampler; ProcOptions with every default filled in. */
export interface SamplerOptions {
  readonly root: string;
  readonly cgroupRoot: string;
  readonly passwd: string;
  readonly details: Details;
  readonly deadline: number;
  readonly interval: number;
  readonly reader: string;
  readonly only?: (process: ProcessInfo) => boolean;
  notice(severity: Severity, message: string): void;
}

/** Once a reading hung, the snapshot ends this many ms after its begin; what was not read by then is late. */
const SNAPSHOT_CAP = 850;
/** ms */
const OFFSET_STEP = 20;
/** How often it is asked whether to wait on. */
const PATIENCE = 50;
/** Processes handed to the reader at once. */
const BATCH = 128;

/** What is counted while a snapshot is taken. */
interface Tally {
  exact: number;
  longest: number;
  gone: number;
  hung: boolean;
}

/** Takes snapshots, one at a time. Holds the reader child. */
export class Sampler {
  readonly #options: SamplerOptions;
  readonly #client: ReaderClient;
  readonly #context: EntryContext;
  readonly #table: ProcessTable;
  readonly #stuck = stuckList();
  readonly #users: ReturnType<typeof users>;
  readonly #clock: PidClock;
  readonly #ceiling: CeilingLookup;
  readonly #identity: HostIdentity;
  #offset = 0;
  #lastEnd = Number.NEGATIVE_INFINITY;
  #tally: Tally = { exact: 0, longest: 0, gone: 0, hung: false };

  constructor(options: SamplerOptions) {
    this.#options = options;
    const { root, reader, deadline, details, notice } = options;
    this.#client = new ReaderClient({ root, script: reader, deadline, notice });
    this.#client.start();
    this.#users = users(options.passwd);
    this.#context = {
      root,
      details,
      machine: readMachine(),
      uptime: 0,
      user: (uid) => this.#users.name(uid),
      offset: () => this.#offset,
      settled: (entry, outcome, took) => this.#settled(entry, outcome, took),
    };
    this.#table = processTable(this.#context);
    this.#clock = pidClock(root);
    this.#ceiling = ceilings(options.cgroupRoot);
    this.#identity = readIdentity(root);
  }

  get readerPid(): number | undefined {
    return this.#client.pid;
  }

  /** @throws when the root can't be listed. */
  async take(): Promise<Snapshot> {
    const began = monotonic();
    const cpu = this.#cpu();
    const time = Date.now();
    const { root, details } = this.#options;
    this.#tally = { exact: 0, longest: 0, gone: 0, hung: false };
    this.#setOffset();
    const memory = readHostMemory(root);
    if (details.user && this.#users.refresh()) this.#table.renewInfo();
    const before = this.#clock.last();
    this.#context.uptime = began + this.#offset;
    await this.#read(began);
    const after = this.#clock.last();
    const processes = this.#assemble(memory, (pid) => mayBeReused(pid, before, after));
    const ended = monotonic();
    this.#lastEnd = ended;
    const { gone, exact, longest } = this.#tally;
    const cost = { exact, longest, wall: ended - began, cpu: this.#cpu() - cpu };
    return { time, uptime: began + this.#offset, ...this.#identity, memory, processes, gone, cost };
  }

  /** Reads one process now. */
  reread(pid: number, start: number): Promise<ExactReading | 'gone' | UnreadReason> {
    if (startOf(this.#options.root, pid) !== start) return Promise.resolve('gone');
    this.#setOffset();
    return new Promise((resolve) => {
      const settle = (outcome: ReadOutcome, fields?: Float64Array) => {
        const reading = fields === undefined || outcome !== 'ok' ? reasonFor(outcome) : toReading(fields, this.#offset);
        resolve(outcome !== 'gone' && startOf(this.#options.root, pid) === start ? reading : 'gone');
      };
      this.#client.submit([{ pid, flags: BIG, rss: this.#table.get(pid, start)?.rss ?? 0, settle }]);
    });
  }

  /** Resolves when the reader is gone, or can't be waited for. */
  close(): Promise<void> {
    return this.#client.close();
  }

  /** Looks at all processes and has them read: small ones in batches while the looking goes on, then big ones one by one, then one that hung before. */
  async #read(began: number): Promise<void> {
    const { uptime } = this.#context;
    let batch: Entry[] = [];
    const big: Entry[] = [];
    const retry: Entry[] = [];
    this.#tally.gone += await this.#table.scan((entry) => {
      entry.outcome = this.#avoided(entry, uptime);
      if (entry.outcome !== undefined) return;
      // A process that hung before is tried again behind all others, one in each snapshot.
      if (this.#stuck.knows(entry)) entry.outcome = retry.length === 0 ? void retry.push(entry) : 'stuck';
      else if ((entry.flags & BIG) !== 0) big.push(entry);
      else batch.push(entry);
      if (batch.length < BATCH) return;
      this.#submit(batch);
      batch = [];
    });
    this.#submit(batch);
    for (const entry of [...big.sort((a, b) => a.rss - b.rss), ...retry]) this.#submit([entry]);
    this.#stuck.keepOnly((pid, start) => this.#table.get(pid, start) !== undefined);
    await this.#wait(began);
    this.#client.abandon();
  }

  /** Until all is read. A host with very many processes may take up to four fifths of the interval, one where reading hangs may not. */
  async #wait(began: number): Promise<void> {
    const left = new AbortController();
    const idle = this.#client.idle().then(() => left.abort());
    const limit = () => (this.#tally.hung ? SNAPSHOT_CAP : Math.max(SNAPSHOT_CAP, this.#options.interval * 0.8));
    while (!left.signal.aborted && monotonic() - began < limit()) {
      const pause = setTimeout(PATIENCE, undefined, { signal: left.signal }).catch(() => {});
      await Promise.race([idle, pause]);
    }
    left.abort();
  }

  #submit(entries: readonly Entry[]): void {
    // What is still being read since the last snapshot will be answered anyway.
    const jobs = entries.filter((entry) => !entry.asked);
    for (const entry of jobs) entry.asked = true;
    this.#client.submit(jobs);
  }

  #avoided(entry: Entry, now: number): 'stuck' | 'postponed' | undefined {
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

  #settled(entry: Entry, outcome: ReadOutcome, took: number): void {
    this.#tally.longest = Math.max(this.#tally.longest, took);
    if (outcome === 'stuck') this.#hung(entry);
    else if (outcome !== 'late') this.#stuck.recovered(entry.pid);
    if (outcome === 'ok' && (entry.flags & NAME_ONLY) !== 0) this.#named(entry);
  }

  #hung(entry: Entry): void {
    this.#tally.hung = true;
    if (entry.uid < 0) entry.uid = readUid(this.#options.root, entry.pid);
    const { pid, uid } = entry;
    const first = !this.#stuck.knows(entry);
    const quarantine = this.#stuck.hung(entry, monotonic() + this.#offset);
    const { name } = infoOf(entry, this.#context);
    const { notice } = this.#options;
    if (first)
      notice(
        'warning',
        `reading process ${pid} (${escapeControls(name)}) hangs: it holds its own memory lock. It is left out and tried again now and then`,
      );
    if (quarantine) {
      const who = escapeControls(this.#users.name(uid));
      notice(
        'critical',
        `three processes of user ${who} make reading hang: the memory of this user's processes is not read for the next 5 minutes`,
      );
    }
  }

  /** The uptime file counts in 10 ms: only a real step, as after suspend, is followed, so that the uptime never goes backwards. */
  #setOffset(): void {
    const offset = uptimeOffset(this.#options.root);
    if (Math.abs(offset - this.#offset) > OFFSET_STEP) this.#offset = offset;
  }

  #assemble(memory: HostMemory, inDoubt: (pid: number) => boolean): ProcessSample[] {
    const samples: ProcessSample[] = [];
    for (const entry of this.#table.entries()) {
      const exact = this.#fresh(entry);
      const rss = exact?.rss ?? this.#residentSize(entry);
      if (entry.outcome === 'gone' || rss === undefined || (exact && inDoubt(entry.pid) && this.#replaced(entry))) {
        this.#tally.gone++;
        this.#table.forget(entry);
        continue;
      }
      if (exact !== undefined) this.#tally.exact++;
      const ceiling = this.#ceilingOf(entry, memory.total);
      samples.push(toSample({ process: infoOf(entry, this.#context), rss, exact, unread: reasonOf(entry), ceiling }));
    }
    return samples;
  }

  #ceilingOf({ cgroup }: Entry, total: number): number | undefined {
    if (!this.#options.details.ceiling || cgroup === undefined) return undefined;
    return this.#ceiling(cgroup.memory, { now: this.#context.uptime, total });
  }

  #replaced({ pid, start }: Entry): boolean {
    return startOf(this.#options.root, pid) !== start;
  }

  /** A reading that was under way when the last snapshot ended counts for this one; an older one does not. */
  #fresh({ exact, readAt }: Entry): ExactReading | undefined {
    return readAt > this.#lastEnd ? exact : undefined;
  }

  /** statm, where there is no exact reading; stat's own figure, which lags behind, where statm makes no sense. */
  #residentSize(entry: Entry): number | undefined {
    const length = readFile(`${this.#options.root}/${entry.pid}/statm`);
    if (length === GONE) return undefined;
    const pages = length < 0 ? undefined : parseStatm(text, length);
    return pages === undefined ? entry.rss : pages * this.#context.machine.page;
  }

  #cpu(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e3 + this.#client.cpu;
  }
}
