import { CAST, type Role } from './cast.ts';
import type { Dice } from './dice.ts';
import { addMapping, endSpace, extend, forkSpace, grow, newSpace, type PageFile, type Space, touch } from './pages.ts';

/** A process of the simulated host. */
export interface Task {
  readonly pid: number;
  /** Clock ticks after boot. */
  readonly start: number;
  ppid: number;
  readonly role: Role;
  /** comm: exec changes it. */
  comm: string;
  space: Space;
  /** Faults are counted for the process that takes them. */
  minor: number;
  major: number;
  /** Ended, but its parent has not asked for its end yet. */
  zombie: boolean;
  /** A child that was forked to write a snapshot: it ends by itself. */
  readonly passing: boolean;
}

/** The simulated host at one moment. */
export interface Host {
  readonly dice: Dice;
  /** Unix time and time since boot, ms. */
  time: number;
  uptime: number;
  readonly tasks: Map<number, Task>;
  readonly files: ReadonlyMap<string, PageFile>;
  /** memory.max of a cgroup, bytes. */
  readonly limits: Map<string, number>;
  lastPid: number;
  /** By how many pages the counters of the whole host are off: they are kept per CPU. */
  readonly drift: { anon: number; mapped: number };
}

/** Bytes of memory and of swap. */
export const RAM: number = 8 * 2 ** 30;
export const SWAP: number = 4 * 2 ** 30;
/** Pids go round early, so that they are used again. */
const PID_MAX = 400;
const FIRST_PID = 100;

/** A host whose processes have just begun. */
export function newHost(dice: Dice): Host {
  const kinds = { libc: 480, nginx: 300, libssl: 700, php: 2500, postgres: 1800, jvm: 4200, node: 9000, desktop: 6000 };
  const files = new Map<string, PageFile>();
  for (const [name, pages] of Object.entries(kinds)) files.set(name, pageFile(name, { kind: 'file', pages }, dice));
  for (const name of ['buffers', 'frames']) files.set(name, pageFile(name, { kind: 'shmem', pages: 6000 }, dice));
  const host: Host = {
    dice,
    time: 1_790_000_000_000,
    uptime: 1_000_000,
    tasks: new Map(),
    files,
    limits: new Map(),
    lastPid: FIRST_PID,
    drift: { anon: 0, mapped: 0 },
  };
  for (const role of CAST) for (let i = 0; i < role.count; i += 1) begin(host, role);
  return host;
}

/** Begins a process of a role: forked where the role says so, else with a program and memory of its own. */
export function begin(host: Host, role: Role): Task | undefined {
  if (role.from === undefined) return execute(spawn(host, role, { space: newSpace(), ppid: 1 }), host);
  const parent = host.dice.pick(tasksOf(host, role.from));
  return parent && fork(host, parent, role);
}

/** Forks a process; with CLONE_VM both have one address space. */
export function fork(host: Host, parent: Task, role: Role = parent.role): Task {
  const space = role.sharesSpace ? parent.space : forkSpace(parent.space);
  const child = spawn(host, role, { space, ppid: parent.pid, passing: role === parent.role });
  child.minor += 20;
  return child;
}

/** Runs another program in a process: it keeps its pid and start, and nothing of its memory. */
export function execute(task: Task, host: Host): Task {
  const { role } = task;
  if (!isShared(host, task)) endSpace(task.space);
  task.space = newSpace();
  const [heap] = task.space.mappings;
  for (let left = role.size; heap && left > 0; left -= Math.min(left, 2000)) grow(heap, Math.min(left, 2000), task);
  for (const name of role.files) attach(host, task, name);
  return task;
}

/** Maps a file, and touches some of it. */
export function attach(host: Host, task: Task, name: string): void {
  const file = host.files.get(name);
  if (file === undefined) return;
  const mapping = addMapping(task.space, file);
  for (const block of file.blocks) if (host.dice.chance(0.5)) touch(mapping, block, task);
}

/** Ends a process; it may stay a zombie for a while. */
export function exit(host: Host, task: Task, zombie = false): void {
  if (!isShared(host, task)) endSpace(task.space);
  task.space = newSpace();
  task.zombie = zombie;
  for (const other of host.tasks.values()) if (other.ppid === task.pid) other.ppid = 1;
  if (!zombie) host.tasks.delete(task.pid);
}

/** The living processes of a role. */
export function tasksOf(host: Host, name: string): Task[] {
  return [...host.tasks.values()].filter(({ role, zombie, passing }) => role.name === name && !zombie && !passing);
}

/** Every address space once. */
export function spacesOf(host: Host): Set<Space> {
  return new Set([...host.tasks.values()].map(({ space }) => space));
}

/** Another process has the same address space. */
function isShared(host: Host, task: Task): boolean {
  for (const other of host.tasks.values()) if (other !== task && other.space === task.space) return true;
  return false;
}

function spawn(
  host: Host,
  role: Role,
  { space, ppid, passing = false }: { space: Space; ppid: number; passing?: boolean },
): Task {
  const task: Task = {
    pid: nextPid(host),
    start: Math.floor(host.uptime / 10),
    ppid,
    role,
    comm: role.name,
    space,
    minor: 100,
    major: 0,
    zombie: false,
    passing,
  };
  host.tasks.set(task.pid, task);
  return task;
}

/** Pids are given out in a circle; the first is init. */
function nextPid(host: Host): number {
  if (!host.tasks.has(1)) return 1;
  do host.lastPid = host.lastPid >= PID_MAX ? FIRST_PID : host.lastPid + 1;
  while (host.tasks.has(host.lastPid));
  return host.lastPid;
}

function pageFile(name: string, { kind, pages }: { kind: PageFile['kind']; pages: number }, dice: Dice): PageFile {
  const file: PageFile = { name, kind, blocks: [] };
  for (let left = pages; left > 0; ) {
    const frames = Math.min(left, dice.between(10, 400));
    extend(file, frames);
    left -= frames;
  }
  return file;
}
