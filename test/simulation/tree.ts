import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countersOf, hostCountersOf, type Rollup } from './figures.ts';
import { type Host, spacesOf, type Task } from './host.ts';
import { rollupsOf } from './samples.ts';
import * as texts from './texts.ts';
import { USERS } from './users.ts';

/** A folder that shows a simulated host as /proc does. */
export interface Tree {
  readonly root: string;
  readonly cgroupRoot: string;
  readonly passwd: string;
  /** Writes what has changed since the last call. */
  show(host: Host): void;
  /** Deletes the folder. */
  dispose(): void;
}

/** Files of a process that change, as they were last written. */
type Written = Map<string, string>;

interface Shown {
  readonly start: number;
  readonly files: Written;
}

/** Makes an empty tree; in memory where there is a folder for that. */
export function newTree(): Tree {
  const base = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'psstop-simulation-'));
  const root = join(base, 'proc');
  const cgroupRoot = join(base, 'cgroup');
  const passwd = join(base, 'passwd');
  const shown = new Map<number, Shown>();
  const ofHost: Written = new Map();
  for (const folder of ['sys/kernel/random', 'pressure']) mkdirSync(join(root, folder), { recursive: true });
  mkdirSync(cgroupRoot);
  const line = ([uid, name]: [string, string]) => `${name}:x:${uid}:${uid}::/:/bin/sh\n`;
  writeFileSync(passwd, Object.entries(USERS).map(line).join(''));
  writeFileSync(join(root, 'sys/kernel/random/boot_id'), 'simulated\n');
  writeFileSync(join(root, 'sys/kernel/hostname'), 'simulated\n');

  function show(host: Host): void {
    const rollups = rollupsOf(host);
    for (const [pid, { start }] of shown) if (host.tasks.get(pid)?.start !== start) forget(pid);
    for (const task of host.tasks.values()) showTask(task, rollups.get(task.space));
    writeChanged(root, hostFiles(host), ofHost);
    showLimits(host, cgroupRoot, ofHost);
  }

  function forget(pid: number): void {
    rmSync(join(root, String(pid)), { recursive: true });
    shown.delete(pid);
  }

  function showTask(task: Task, rollup: Rollup | undefined): void {
    const folder = join(root, String(task.pid));
    const known = shown.get(task.pid) ?? { start: task.start, files: beginFolder(folder, task) };
    shown.set(task.pid, known);
    writeChanged(folder, taskFiles(task, rollup), known.files);
  }

  return { root, cgroupRoot, passwd, show, dispose: () => rmSync(base, { recursive: true, force: true }) };
}

/** What does not change in a process's life. */
function beginFolder(folder: string, { role }: Task): Written {
  mkdirSync(folder);
  writeFileSync(join(folder, 'cgroup'), `0::${role.cgroup}\n`);
  if (role.denied) mkdirSync(join(folder, 'smaps_rollup'));
  return new Map();
}

function taskFiles(task: Task, rollup: Rollup | undefined): Record<string, string> {
  const counters = countersOf(task.space);
  const program = `/usr/bin/${task.comm}`;
  return {
    stat: texts.statText(task, counters),
    statm: texts.statmText(counters, task.zombie),
    status: texts.statusText(task, counters),
    cmdline: task.zombie ? '' : `${program}\0--serve\0`,
    exe: program,
    ...(rollup && !task.role.denied && { smaps_rollup: task.zombie ? '' : texts.rollupText(rollup) }),
  };
}

function hostFiles(host: Host): Record<string, string> {
  return {
    meminfo: texts.meminfoText(hostCountersOf(spacesOf(host)), host),
    loadavg: texts.loadavgText(host),
    uptime: `${(host.uptime / 1000).toFixed(2)} 1234.00\n`,
    'pressure/memory':
      'some avg10=1.50 avg60=0.70 avg300=0.10 total=12345\nfull avg10=0.50 avg60=0.25 avg300=0.00 total=999\n',
  };
}

function writeChanged(folder: string, files: Readonly<Record<string, string>>, written: Written): void {
  for (const [name, text] of Object.entries(files)) {
    if (written.get(name) === text) continue;
    written.set(name, text);
    const path = join(folder, name);
    if (name !== 'exe') writeFileSync(path, text);
    else {
      rmSync(path, { force: true });
      symlinkSync(text, path);
    }
  }
}

function showLimits({ limits, tasks }: Host, cgroupRoot: string, written: Written): void {
  for (const { role } of tasks.values()) {
    const folder = join(cgroupRoot, role.cgroup);
    if (!written.has(role.cgroup)) mkdirSync(folder, { recursive: true });
    const limit = limits.get(role.cgroup);
    const text = limit === undefined ? 'max\n' : `${limit - (limit % 4096)}\n`;
    if (written.get(role.cgroup) === text) continue;
    written.set(role.cgroup, text);
    writeFileSync(join(folder, 'memory.max'), text);
  }
}
