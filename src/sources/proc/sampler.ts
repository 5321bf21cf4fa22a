import { cpus } from 'node:os';
import { Budget, type BudgetShares } from '../../core/budget.ts';
import type { ExactReading, HostMemory, ProcessInfo, Severity, Snapshot, UnreadReason } from '../../core/types.ts';
import type { ReadOutcome } from './backlog.ts';
import { ceilings } from './ceiling.ts';
import type { Details, DraftSample, Entry, EntryContext, Work } from './entry.ts';
import { type HostIdentity, heldBy, readHostMemory, readIdentity, withoutLow } from './host.ts';
import { findLag, tellsParts } from './lag.ts';
import { readMachine } from './machine.ts';
import { monotonic } from './monotonic.ts';
import { containerMemory, showsPart } from './namespace.ts';
import { mayBeReused, type PidClock, pidClock } from './pids.ts';
import { Readings } from './readings.ts';
import { reread } from './reread.ts';
import { type AskDemand, serveDemands } from './rounds.ts';
import { type Samples, samplesOf } from './samples.ts';
import { ProcessTable } from './table.ts';
import { type Clock, type HostTime, hostTime } from './time.ts';
import { users } from './users.ts';
import { readEverybody } from './whole.ts';

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
  readonly demand?: AskDemand;
  readonly asksLimits?: () => ((process: ProcessInfo) => boolean) | undefined;
  readonly budget: BudgetShares;
  readonly whole: boolean;
  readonly clock: Clock | undefined;
  trace?(line: string): void;
  notice(severity: Severity, message: string): void;
}

type Draft = { -readonly [K in keyof Snapshot]: Snapshot[K] };

/** Takes snapshots, one at a time: a draft with the bounds of every process, then what must be read is read. */
export class Sampler {
  readonly #options: SamplerOptions;
  readonly #readings: Readings;
  readonly #context: EntryContext;
  readonly #table: ProcessTable;
  readonly #users: ReturnType<typeof users>;
  readonly #clock: PidClock;
  readonly #samples: Samples;
  readonly #identity: HostIdentity;
  readonly #part: boolean;
  readonly #budget: Budget;
  readonly #cpus: number;
  readonly #time: HostTime;
  #lastMemory: HostMemory | undefined;

  constructor(options: SamplerOptions) {
    this.#options = options;
    const { root, details } = options;
    const machine = readMachine();
    this.#time = hostTime(root, options.clock);
    this.#users = users(options.passwd);
    this.#budget = new Budget(options.budget);
    this.#context = {
      root,
      details,
      machine,
      // Where everything is read and nothing judged, bounds matter to nobody.
      lag: options.demand || options.whole ? findLag(machine.page) : { pages: 0, pagesOfThread: 0 },
      uptime: 0,
      user: (uid) => this.#users.name(uid),
      uptimeAt: this.#time.uptimeAt,
      ...(options.asksLimits && { asksLimits: options.asksLimits }),
      settled: (entry, outcome, work) => this.#settled(entry, outcome, work),
    };
    this.#table = new ProcessTable(this.#context);
    this.#readings = new Readings(options, this.#context, this.#table);
    this.#clock = pidClock(root);
    const ceiling = ceilings(options.cgroupRoot);
    this.#samples = samplesOf({ context: this.#context, table: this.#table, ceiling });
    this.#identity = readIdentity(root);
    this.#part = showsPart(root);
    this.#cpus = options.whole ? cpus().length : 1;
  }

  get readerPid(): number | undefined {
    return this.#readings.readerPid;
  }

  /** @throws when the root can't be listed. */
  async take(): Promise<Snapshot> {
    const began = monotonic();
    const cpu = this.#cpu();
    const time = this.#time.now();
    this.#time.follow();
    const earlier = this.#memory();
    if (this.#options.details.user && this.#users.refresh()) this.#table.renewInfo();
    const lastPid = this.#clock.last();
    const uptime = this.#time.uptimeAt(began);
    this.#context.uptime = uptime;
    this.#readings.begin(began);
    this.#budget.refill(uptime);
    const gone = await this.#table.scan();
    const memory = this.#options.whole && !this.#part ? this.#hold(earlier) : earlier;
    await this.#readings.name(this.#table);
    const samples = this.#samples.draw(memory);
    const cost = { exact: 0, wall: 0, longest: 0, cpu: 0 };
    const draft: Draft = { time, uptime, ...this.#identity, memory, processes: samples, gone, cost };
    await this.#fill(draft, samples);
    this.#readings.finish();
    const latest = this.#clock.last();
    const { exact, left } = this.#samples.settle(samples, (pid) => mayBeReused(pid, lastPid, latest));
    draft.gone = gone + samples.length - left.length;
    draft.processes = left;
    draft.cost = { exact, wall: monotonic() - began, longest: this.#readings.longest, cpu: this.#cpu() - cpu };
    return draft;
  }

  /** Reads one process now. */
  reread(pid: number, start: number): Promise<ExactReading | UnreadReason> {
    const tools = { readings: this.#readings, table: this.#table, budget: this.#budget, time: this.#time };
    return reread({ pid, start }, { root: this.#options.root, ...tools });
  }

  /** Resolves when the reader is gone, or can't be waited for. */
  close(): Promise<void> {
    this.#table.close();
    return this.#readings.close();
  }

  /** When it can't be read (descriptors are short) the last figures have to do: a host has never no memory at all. */
  #memory(): HostMemory {
    const host = readHostMemory(this.#options.root);
    if (host.total === 0 && this.#lastMemory) return this.#lastMemory;
    this.#lastMemory = this.#part ? containerMemory(host, this.#options.cgroupRoot) : host;
    return this.#lastMemory;
  }

  /** Before and after the processes were looked at: what holds of both holds of the moment at which each was. */
  #hold(earlier: HostMemory): HostMemory {
    const later = this.#memory();
    // Nothing is known of this moment.
    if (later === earlier || later.anon + later.mapped === 0) return later;
    const held = heldBy(earlier, later, { cpus: this.#cpus, page: this.#context.machine.page });
    // What somebody holds unseen would be taken for what a group must hold, and so would a part that was only guessed.
    const certain = this.#table.hollow === 0 && tellsParts();
    return { ...later, held: certain ? held : withoutLow(held) };
  }

  async #fill(draft: Draft, samples: readonly DraftSample[]): Promise<void> {
    const { root, details, demand, only, trace } = this.#options;
    const { entryOf } = this.#samples;
    const tools = { root, readings: this.#readings, table: this.#table, entryOf };
    if (demand) {
      await serveDemands(draft, { ...tools, ask: demand, budget: this.#budget, ...(trace && { trace }) });
      return;
    }
    const chosen = only ? samples.filter(({ process }) => only(process)) : samples;
    await readEverybody(chosen, { ...tools, load: details.load });
    for (const sample of samples) if (!sample.exact) sample.unread ??= 'postponed';
  }

  #settled(entry: Entry, outcome: ReadOutcome, { took, walked }: Work): void {
    this.#readings.settled(entry, outcome, took);
    this.#budget.spend(took, { rss: walked ? entry.rss : undefined, account: entry.account });
  }

  #cpu(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e3 + this.#readings.cpu;
  }
}
