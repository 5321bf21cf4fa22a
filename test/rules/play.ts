import { advance } from '../../src/core/advance.ts';
import { emptyMemory } from '../../src/core/memory.ts';
import type { AlertEvent, HostMemory, ProcessInfo, ProcessSample, Rule, Snapshot } from '../../src/core/types.ts';

export const MiB = 2 ** 20;
export const GiB = 2 ** 30;
export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;

/** Sizes of one process at one moment, bytes. What is not said follows: private memory is all of it, and nothing is swapped. */
export interface Sizes {
  readonly pss: number;
  readonly uss?: number;
  readonly swap?: number;
  readonly unread?: boolean;
}

/** A process of a story: who it is, and how big it is so many seconds into the story; undefined when it does not run then. */
export interface Actor extends Partial<ProcessInfo> {
  readonly name: string;
  readonly ceiling?: number;
  size(second: number): Sizes | undefined;
}

export interface Story {
  readonly actors: readonly Actor[];
  /** Seconds between snapshots, and how long the story is. */
  readonly every: number;
  readonly seconds: number;
  /** Differs from a host of 16 GiB with half of it available. */
  memory?(second: number): Partial<HostMemory>;
}

/** The host has been up for a while when a story begins, s. */
const BEGIN = 100_000;
const MEMORY: HostMemory = { total: 16 * GiB, available: 8 * GiB, anon: 0, mapped: 0, swapTotal: 0, swapFree: 0 };

/** Plays a story through the rules, as the daemon would. @returns what happened. */
export function play(rules: readonly Rule[], story: Story): AlertEvent[] {
  const memory = emptyMemory();
  const infos = story.actors.map(infoOf);
  const events: AlertEvent[] = [];
  for (let second = 0; second <= story.seconds; second += story.every) {
    const processes = story.actors.flatMap((actor, index) => sampleOf(actor, infos[index], second));
    events.push(...advance(memory, rules, snapshotOf(story, processes, second)));
  }
  return events;
}

/** Events for people: `480 s: fired unit-near-limit web.service`, in seconds since the story began. */
export function told(events: readonly AlertEvent[], begin: number = BEGIN): string[] {
  return events
    .filter(({ kind }) => kind !== 'pending' && kind !== 'cancelled')
    .map(({ kind, rule, target, uptime }) => `${uptime / 1000 - begin} s: ${kind} ${rule} ${target.name}`);
}

function snapshotOf(story: Story, processes: readonly ProcessSample[], second: number): Snapshot {
  const held = processes.reduce((sum, { exact, rss }) => sum + (exact?.pss ?? rss), 0);
  const uptime = (BEGIN + second) * 1000;
  return {
    time: 1_700_000_000_000 + uptime,
    uptime,
    boot: 'boot',
    host: 'host',
    memory: { ...MEMORY, anon: held, ...story.memory?.(second) },
    processes,
    gone: 0,
    cost: { exact: processes.length, wall: 1, longest: 1, cpu: 1 },
  };
}

function infoOf(actor: Actor, index: number): ProcessInfo {
  const { size, ceiling, ...written } = actor;
  const started = BEGIN - 7200;
  return {
    pid: 100 + index,
    start: started * 100,
    startedAt: started * 1000,
    ppid: 1,
    uid: 1000,
    user: 'app',
    cgroup: `/system.slice/${actor.unit ?? actor.name}`,
    ...written,
  };
}

function sampleOf(actor: Actor, process: ProcessInfo | undefined, second: number): ProcessSample[] {
  const sizes = actor.size(second);
  if (!sizes || !process) return [];
  const { pss, uss = pss, swap = 0, unread } = sizes;
  const at = (BEGIN + second) * 1000;
  const common = { process, rss: pss, ...(actor.ceiling !== undefined && { ceiling: actor.ceiling }) };
  if (unread) return [{ ...common, unread: 'denied' }];
  const exact = { at, pss, swapPss: swap, rss: pss, uss, anon: uss, file: 0, shmem: pss - uss, dirty: uss };
  return [{ ...common, exact }];
}
