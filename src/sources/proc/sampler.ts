import type {
  ExactReading,
  HostMemory,
  ProcessInfo,
  ProcessSample,
  Severity,
  Snapshot,
  UnreadReason,
} from '../../core/types.ts';
import type { ReadOutcome } from './backlog.ts';
import { type CeilingLookup, ceilings } from './ceiling.ts';
import type { Details, Entry, EntryContext } from './entry.ts';
import { GONE, readFile, text } from './files.ts';
import { type HostIdentity, readHostMemory, readIdentity, uptimeOffset } from './host.ts';
import { infoOf } from './info.ts';
import { BIG } from './layout.ts';
import { readMachine } from './machine.ts';
import { monotonic } from './monotonic.ts';
import { containerMemory, showsPart } from './namespace.ts';
import { mayBeReused, type PidClock, pidClock } from './pids.ts';
import { Readings } from './readings.ts';
import { reasonFor, reasonOf, toReading, toSample } from './sample.ts';
import { parseStatm } from './stat.ts';
import { type ProcessTable, processTable, startOf } from './table.ts';
import { users } from './users.ts';

/** Settings of a sampler; ProcOptions with every default filled in. */
export interface SamplerOptions {
  readonly root: string;
  readonly cgroupRoot: string;
  readonly passwd: string;
  readonly details: Details;
  readonly deadline: number;
  readonly patience: number;
  readonly reader: string;
  readonly only?: (process: ProcessInfo) => boolean;
  notice(severity: Severity, message: string): void;
}

/** ms */
const OFFSET_STEP = 20;

/** Takes snapshots, one at a time. */
export class Sampler {
  readonly #options: SamplerOptions;
  readonly #readings: Readings;
  readonly #context: EntryContext;
  readonly #table: ProcessTable;
  readonly #users: ReturnType<typeof users>;
  readonly #clock: PidClock;
  readonly #ceiling: CeilingLookup;
  readonly #identity: HostIdentity;
  readonly #part: boolean;
  #offset = 0;

  constructor(options: SamplerOptions) {
    this.#options = options;
    const { root, details } = options;
    this.#users = users(options.passwd);
    this.#context = {
      root,
      details,
      machine: readMachine(),
      uptime: 0,
      user: (uid) => this.#users.name(uid),
      offset: () => this.#offset,
      settled: (entry, outcome, took) => this.#readings.settled(entry, outcome, took),
    };
    this.#table = processTable(this.#context);
    this.#readings = new Readings(options, this.#context, this.#table);
    this.#clock = pidClock(root);
    this.#ceiling = ceilings(options.cgroupRoot);
    this.#identity = readIdentity(root);
    this.#part = showsPart(root);
  }

  get readerPid(): number | undefined {
    return this.#readings.readerPid;
  }

  /** @throws when the root can't be listed. */
  async take(): Promise<Snapshot> {
    const began = monotonic();
    const cpu = this.#cpu();
    const time = Date.now();
    const { root, cgroupRoot, details } = this.#options;
    this.#setOffset();
    const host = readHostMemory(root);
    const memory = this.#part ? containerMemory(host, cgroupRoot) : host;
    if (details.user && this.#users.refresh()) this.#table.renewInfo();
    const before = this.#clock.last();
    this.#context.uptime = began + this.#offset;
    const { longest, gone, met } = await this.#readings.read(began);
    const after = this.#clock.last();
    const processes = this.#assemble(memory, (pid) => mayBeReused(pid, before, after));
    const exact = processes.reduce((count, sample) => (sample.exact ? count + 1 : count), 0);
    const cost = { exact, longest, wall: monotonic() - began, cpu: this.#cpu() - cpu };
    const uptime = began + this.#offset;
    return { time, uptime, ...this.#identity, memory, processes, gone: gone + met - processes.length, cost };
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
      this.#readings.submit({ pid, flags: BIG, rss: this.#table.get(pid, start)?.rss ?? 0, settle });
    });
  }

  /** Resolves when the reader is gone, or can't be waited for. */
  close(): Promise<void> {
    return this.#readings.close();
  }

  /** The uptime file counts in 10 ms: only a real step, as after suspend, is followed, so that the uptime never goes backwards. */
  #setOffset(): void {
    const offset = uptimeOffset(this.#options.root);
    if (Math.abs(offset - this.#offset) > OFFSET_STEP) this.#offset = offset;
  }

  #assemble(memory: HostMemory, inDoubt: (pid: number) => boolean): ProcessSample[] {
    const samples: ProcessSample[] = [];
    for (const entry of this.#table.entries()) {
      const { exact } = entry;
      // Each reading counts once; one that was under way when the last snapshot ended counts for this one.
      entry.exact = undefined;
      const rss = exact?.rss ?? this.#residentSize(entry);
      if (entry.outcome === 'gone' || rss === undefined || (exact && inDoubt(entry.pid) && this.#replaced(entry))) {
        this.#table.forget(entry);
        continue;
      }
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

  /** statm, where there is no exact reading; stat's own figure, which lags behind, where statm makes no sense. */
  #residentSize(entry: Entry): number | undefined {
    const length = readFile(`${this.#options.root}/${entry.pid}/statm`);
    if (length === GONE) return undefined;
    const pages = length < 0 ? undefined : parseStatm(text, length);
    return pages === undefined ? entry.rss : pages * this.#context.machine.page;
  }

  #cpu(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e3 + this.#readings.cpu;
  }
}
