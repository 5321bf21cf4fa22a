import type { ExactReading, HostMemory, ProcessInfo, ProcessSample, Snapshot } from '../../src/core/types.ts';
import { heldBy } from '../../src/sources/proc/host.ts';
import { countersOf, hostCountersOf, PAGE, type Rollup, rollupOf } from './figures.ts';
import { type Host, RAM, SWAP, spacesOf, type Task } from './host.ts';
import type { Space } from './pages.ts';
import { USERS } from './users.ts';

const KIB = 1024;

/** A sample that is still being filled in. */
type Open = { -readonly [K in keyof ProcessSample]: ProcessSample[K] };

/** Looks at a simulated host without any files. */
export class Looker {
  readonly #spoil: number;
  /** The same object for a process until something in it changes, as a sampler has it. */
  readonly #infos = new Map<number, ProcessInfo>();
  readonly #last = new Map<ProcessInfo, ExactReading>();

  /** @param spoil a fault: all bounds are taken times this. */
  constructor(spoil = 1) {
    this.#spoil = spoil;
  }

  /** A snapshot in which everybody was read who may be read. */
  exact(host: Host): Snapshot {
    return this.led(host, ({ processes }) => processes);
  }

  /** A snapshot that begins with the bounds alone; whoever is asked for is read, until nobody is. */
  led(host: Host, ask: (draft: Snapshot) => readonly ProcessSample[]): Snapshot {
    const rollups = rollupsOf(host);
    const tasks = new Map<ProcessSample, Task>();
    for (const task of host.tasks.values()) if (!task.zombie) tasks.set(this.#draft(host, task), task);
    const draft = snapshotOf(host, [...tasks.keys()]);
    const asked = (): readonly Open[] => ask(draft).filter(({ exact, unread }) => exact === undefined && !unread);
    for (let samples = asked(); samples.length > 0; samples = asked()) {
      for (const sample of samples) this.#read(sample, { task: tasks.get(sample), rollups, at: host.uptime });
    }
    return draft;
  }

  #read(sample: Open, from: { task: Task | undefined; rollups: ReadonlyMap<Space, Rollup>; at: number }): void {
    const rollup = from.task && from.rollups.get(from.task.space);
    if (rollup === undefined || from.task?.role.denied) {
      sample.unread = 'denied';
      return;
    }
    sample.exact = readingOf(rollup, from.at);
    sample.last = sample.exact;
    this.#last.set(sample.process, sample.exact);
  }

  #draft(host: Host, task: Task): ProcessSample {
    const { anon, file, shmem, swap } = countersOf(task.space);
    const limit = host.limits.get(task.role.cgroup);
    const process = this.#info(task);
    const last = this.#last.get(process);
    return {
      process,
      rss: (anon + file + shmem) * PAGE * this.#spoil,
      shared: (file + shmem) * PAGE * this.#spoil,
      swap: swap * PAGE * this.#spoil,
      ...(last && { last }),
      ...(limit !== undefined && { ceiling: limit }),
    };
  }

  #info(task: Task): ProcessInfo {
    const known = this.#infos.get(task.pid);
    if (known?.start === task.start && known.ppid === task.ppid && known.name === task.comm) return known;
    if (known) this.#last.delete(known);
    const info = infoOf(task);
    this.#infos.set(task.pid, info);
    return info;
  }
}

function snapshotOf(host: Host, processes: readonly ProcessSample[]): Snapshot {
  const { time, uptime } = host;
  const cost = { exact: 0, wall: 0, longest: 0, cpu: 0 };
  return { time, uptime, boot: 'simulated', host: 'simulated', memory: memoryOf(host), processes, gone: 0, cost };
}

/** What walking the page tables of every address space gives. */
export function rollupsOf(host: Host): Map<Space, Rollup> {
  return new Map([...spacesOf(host)].map((space) => [space, rollupOf(space)]));
}

/** Figures of the kernel as psstop keeps them. */
export function readingOf(rollup: Rollup, at: number): ExactReading {
  return {
    at,
    pss: rollup.pss * KIB,
    swapPss: rollup.swapPss * KIB,
    rss: rollup.rss * KIB,
    uss: (rollup.privateClean + rollup.privateDirty) * KIB,
    anon: rollup.pssAnon * KIB,
    file: rollup.pssFile * KIB,
    shmem: rollup.pssShmem * KIB,
    dirty: (rollup.sharedDirty + rollup.privateDirty) * KIB,
  };
}

function infoOf({ pid, start, ppid, comm, role }: Task): ProcessInfo {
  const { uid, cgroup } = role;
  const unit = /[^/]+\.(?:service|scope)$/.exec(cgroup)?.[0];
  const container = /docker-([0-9a-f]{64})\.scope$/.exec(cgroup)?.[1];
  return {
    pid,
    start,
    startedAt: start * 10,
    ppid,
    name: comm,
    exe: `/usr/bin/${comm}`,
    cmdline: `/usr/bin/${comm} --serve`,
    uid,
    user: USERS[uid] ?? String(uid),
    cgroup,
    ...(unit !== undefined && { unit }),
    ...(container !== undefined && { container }),
  };
}

function memoryOf(host: Host): HostMemory {
  const { anon, mapped, swap } = hostCountersOf(spacesOf(host));
  const memory: HostMemory = {
    total: RAM,
    available: availableOf(anon + mapped),
    anon: (anon + host.drift.anon) * PAGE,
    mapped: (mapped + host.drift.mapped) * PAGE,
    swapTotal: SWAP,
    swapFree: SWAP - swap * PAGE,
  };
  return { ...memory, held: heldBy(memory, memory, { cpus: 1, page: PAGE }) };
}

/** What is left of the memory when so many pages are in use by processes, and some by the kernel. */
export function availableOf(pages: number): number {
  return Math.max(0, RAM - pages * PAGE - 300_000 * KIB);
}
