import { CAST, type Deed } from './cast.ts';
import type { Dice } from './dice.ts';
import { attach, begin, execute, exit, fork, type Host, type Task, tasksOf } from './host.ts';
import { manage } from './kernel.ts';
import {
  dropMapping,
  extend,
  type Faults,
  grow,
  type Mapping,
  type PageFile,
  type Ref,
  refsOf,
  touch,
  unmap,
  unmapAll,
} from './pages.ts';
import { swapIn, unmapPart, write } from './sharing.ts';

/** Pages of a huge page. */
const HUGE = 512;
/** Faults that nobody who is looked at takes: process_vm_writev(), swapoff. */
const nobody: Faults = { minor: 0, major: 0 };

/** ms from one snapshot to the next, in the 10 ms that the kernel's own clock file counts. */
export function pause(dice: Dice): number {
  return dice.between(90, 900) * 10;
}

/** Lets so many ms pass on a host: every process does what its role says, and the kernel what it does. */
export function live(host: Host, ms: number): void {
  host.time += ms;
  host.uptime += ms;
  for (const task of [...host.tasks.values()]) act(host, task);
  replace(host);
  manage(host);
}

function act(host: Host, task: Task): void {
  const { dice } = host;
  if (task.zombie || task.passing) {
    if (dice.chance(0.25)) exit(host, task);
    return;
  }
  for (const [deed, probability] of Object.entries(task.role.deeds)) {
    if (host.tasks.get(task.pid) === task && !task.zombie && dice.chance(probability)) DEEDS[deed as Deed](host, task);
  }
  const { most } = task.role;
  if (most !== undefined && sizeOf(task) > most) exit(host, task, dice.chance(0.2));
}

/** Most of those that ended come back, some at once and some later. */
function replace(host: Host): void {
  for (const role of CAST) {
    const missing = role.count - tasksOf(host, role.name).length;
    for (let i = 0; i < missing; i += 1) if (host.dice.chance(0.4)) begin(host, role);
  }
}

const DEEDS: Readonly<Record<Deed, (host: Host, task: Task) => void>> = {
  grow: (host, task) => {
    const [heap] = task.space.mappings;
    if (heap) grow(heap, host.dice.between(1, task.role.stride), task);
  },
  growHuge: (host, task) => {
    const [heap] = task.space.mappings;
    if (heap) grow(heap, HUGE * host.dice.between(1, Math.ceil(task.role.stride / HUGE)), task);
  },
  shrink: (host, task) => {
    if (sizeOf(task) < task.role.size && host.dice.chance(0.8)) return;
    for (const ref of pickRefs(host, task, 2)) {
      if (host.dice.chance(0.3)) unmapPart(ref, host.dice.between(1, ref.entries));
      else unmap(ref);
    }
  },
  write: (host, task) => {
    for (const ref of pickRefs(host, task, 3)) writeSome(host, ref, task);
  },
  writtenByOthers: (host, task) => {
    for (const ref of pickRefs(host, task, 1)) writeSome(host, ref, nobody);
  },
  touch: (host, task) => {
    const mapping = host.dice.pick(filesOf(task));
    for (const block of mapping?.file?.blocks ?? []) if (mapping && host.dice.chance(0.2)) touch(mapping, block, task);
    for (const ref of pickRefs(host, task, 2)) swapIn(ref, task);
  },
  drop: (host, task) => {
    const mapping = host.dice.pick(filesOf(task));
    for (const ref of [...(mapping?.refs ?? [])]) if (host.dice.chance(0.5)) unmap(ref);
  },
  extend: (host, task) => {
    const segment = segmentOf(host, task);
    if (segment && segment.blocks.length < 90) extend(segment, host.dice.between(1, 1500));
  },
  truncate: (host, task) => {
    const segment = segmentOf(host, task);
    for (let i = host.dice.between(0, 12); segment && segment.blocks.length > 10 && i > 0; i -= 1) {
      const block = segment.blocks.pop();
      if (block) unmapAll(block);
    }
  },
  attach: (host, task) => {
    const { segment } = task.role;
    // A process may map the same segment more than once.
    const times = filesOf(task).filter(({ file }) => file?.name === segment).length;
    if (segment && (times === 0 || (times < 3 && host.dice.chance(0.1)))) attach(host, task, segment);
  },
  detach: (host, task) => {
    const mapping = host.dice.pick(filesOf(task));
    if (mapping) dropMapping(mapping);
  },
  save: (host, task) => {
    if (![...host.tasks.values()].some((other) => other.passing && other.ppid === task.pid)) fork(host, task);
  },
  exec: (host, task) => {
    task.comm = host.dice.pick([task.role.name, 'editor', 'build']) ?? task.comm;
    execute(task, host);
  },
  exit: (host, task) => exit(host, task, host.dice.chance(0.2)),
  renew: (host, task) => {
    const { pid, role } = task;
    exit(host, task);
    // Its number is given out again before anybody looked.
    host.lastPid = pid - 1;
    begin(host, role);
  },
};

function writeSome(host: Host, ref: Ref, faults: Faults): void {
  // A store to a page of a segment is no copy, and a file is written to by its owner alone.
  if (ref.block.kind === 'anon')
    write(ref, host.dice.chance(0.5) ? ref.entries : host.dice.between(1, ref.entries), faults);
  else ref.block.dirty = true;
}

function pickRefs(host: Host, task: Task, most: number): Ref[] {
  const refs = refsOf([task.space]);
  const picked = Array.from({ length: host.dice.between(1, most) }, () => host.dice.pick(refs));
  return [...new Set(picked)].filter((ref) => ref !== undefined);
}

function filesOf(task: Task): Mapping[] {
  return task.space.mappings.filter(({ file }) => file !== undefined);
}

function segmentOf(host: Host, task: Task): PageFile | undefined {
  return task.role.segment === undefined ? undefined : host.files.get(task.role.segment);
}

function sizeOf(task: Task): number {
  return refsOf([task.space]).reduce((pages, { entries }) => pages + entries, 0);
}
