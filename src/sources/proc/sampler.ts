import { cpus } from 'node:os';
import { Budget, type BudgetShares } from '../../core/budget.ts';
import type { ExactReading, HostMemory, ProcessInfo, Severity, Snapshot, UnreadReason } from '../../core/types.ts';
import type { ReadOutcome } from './backlog.ts';
import { type CeilingLookup, ceilings } from './ceiling.ts';
import type { Details, Entry, EntryContext, Work } from './entry.ts';
import { type HostIdentity, heldBy, readHostMemory, readIdentity, withoutLow } from './host.ts';
import { findLag, tellsParts } from './lag.ts';
import { readMachine } from './machine.ts';
import { monotonic } from './monotonic.ts';
import { containerMemory, showsPart } from './namespace.ts';
import { mayBeReused, type PidClock, pidClock } from './pids.ts';
import { Readings } from './readings.ts';
import { reread } from './reread.ts';
import { type AskDemand, serveDemands } from './rounds.ts';
import { type DraftSample, draftOf, isDenied, mostSwapped, noteLoad, settleSample } from './sample.ts';
import { type ProcessTable, processTable } from './table.ts';
import { type Clock, type HostTime, hostTime } from './time.ts';
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
  readonly demand?: AskDemand;
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
  readonly #ceiling: CeilingLookup;
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
      settled: (entry, outcome, work) => this.#settled(entry, outcome, work),
    };
    this.#table = processTable(this.#context);
    this.#readings = new Readings(options, this.#context, this.#table);
    this.#clock = pidClock(root);
    this.#ceiling = ceilings(options.cgroupRoot);
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
    let gone = await this.#table.scan();
    const memory = this.#options.whole && !this.#part ? this.#hold(earlier) : earlier;
    await this.#readings.name([...this.#table.entries()]);
    const entries = this.#draft(memory);
    const cost = { exact: 0, wall: 0, longest: 0, cpu: 0 };
    const draft: Draft = { time, uptime, ...this.#identity, memory, processes: [...entries.keys()], gone, cost };
    await this.#fill(draft, entries);
    this.#readings.finish();
    const latest = this.#clock.last();
    for (const [sample, entry] of entries) this.#check(sample, entry, mayBeReused(entry.pid, lastPid, latest));
    const processes = draft.processes.filter(({ unread }) => unread !== 'gone');
    gone += draft.processes.length - processes.length;
    const exact = processes.reduce((count, sample) => (sample.exact ? count + 1 : count), 0);
    draft.processes = processes;
    draft.gone = gone;
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

  #draft(memory: HostMemory): Map<DraftSample, Entry> {
    const { root, details } = this.#options;
    const swapped = Math.max(0, memory.swapTotal - memory.swapFree);
    const drafts = new Map<DraftSample, Entry>();
    for (const entry of this.#table.entries()) {
      const narrowed = swapped > 0 && (entry.swapAsked > 0 || isDenied(entry));
      const swap = narrowed ? Math.min(swapped, mostSwapped(entry, root)) : swapped;
      if (entry.swapAsked > 0) entry.swapAsked--;
      const at = { now: this.#context.uptime, total: memory.total };
      const ceiling = details.ceiling && entry.cgroup ? this.#ceiling(entry.cgroup.memory, at) : undefined;
      drafts.set(draftOf(entry, this.#context, { swap, ceiling }), entry);
    }
    return drafts;
  }

  async #fill(draft: Draft, entries: ReadonlyMap<DraftSample, Entry>): Promise<void> {
    const { root, demand, only, trace } = this.#options;
    if (demand) {
      const tools = { readings: this.#readings, budget: this.#budget, table: this.#table };
      await serveDemands(draft, { root, ask: demand, ...tools, entries, ...(trace && { trace }) });
      return;
    }
    const wanted = [...entries].filter(([sample]) => sample.exact === undefined && (only?.(sample.process) ?? true));
    if (this.#options.details.load)
      for (const [sample, entry] of wanted) if (this.#table.refresh(entry)) noteLoad(sample, entry);
    await this.#readings.read(wanted.map(([, entry]) => entry));
    for (const [sample, entry] of wanted) settleSample(sample, entry, root);
    for (const sample of entries.keys()) if (!sample.exact) sample.unread ??= 'postponed';
  }

  /** A figure belongs to the process that was looked at only if its pid was not given to another one in between. */
  #check(sample: DraftSample, entry: Entry, inDoubt: boolean): void {
    if (sample.exact !== undefined && inDoubt && !this.#table.lives(entry)) {
      delete sample.exact;
      sample.unread = 'gone';
    }
    if (sample.unread === 'gone') this.#table.forget(entry);
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
