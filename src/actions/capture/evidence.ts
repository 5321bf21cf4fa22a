import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { groupsOf } from '../owner/cgroup.ts';

const CGROUP = '/sys/fs/cgroup';
const MOST_DESCRIPTORS = 5_000;

/** Threads and states of a process from its status file, which never hangs. */
export function statusOf(proc: string, pid: number): string[] {
  const wanted = /^(State|Threads|VmRSS|RssAnon|RssFile|RssShmem|VmSwap|VmPeak|FDSize|voluntary_ctxt_switches):/;
  const lines = read(join(proc, String(pid), 'status')).filter((line) => wanted.test(line));
  return lines.map((line) => line.replaceAll(/\s+/g, ' '));
}

/** How many descriptors it has, by kind: `socket 812`. */
export function descriptorsOf(proc: string, pid: number): string[] {
  const folder = join(proc, String(pid), 'fd');
  let entries: string[];
  try {
    entries = readdirSync(folder);
  } catch (error) {
    return [`can't be read: ${(error as NodeJS.ErrnoException).code}`];
  }
  const kinds = new Map<string, number>();
  for (const entry of entries.slice(0, MOST_DESCRIPTORS)) {
    const kind = kindOf(join(folder, entry));
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const rows = [...kinds].sort(([, a], [, b]) => b - a).map(([kind, count]) => `${kind} ${count}`);
  return [`${entries.length} in all`, ...rows];
}

function kindOf(path: string): string {
  try {
    const target = readlinkSync(path);
    return target.startsWith('/') ? 'file' : (/^(?:anon_inode:\[?)?([\w-]+)/.exec(target)?.[1] ?? 'other');
  } catch {
    return 'closed';
  }
}

/** What the kernel counts for its control group (version 2). */
export function cgroupOf(proc: string, pid: number): [string, string[]][] {
  const path = groupsOf(proc, pid).at(-1) ?? '/';
  const files = ['memory.current', 'memory.max', 'memory.high', 'memory.events', 'memory.pressure', 'memory.stat'];
  const found = files.filter((file) => existsSync(join(CGROUP, path, file)));
  if (found.length === 0) return [[`control group ${path}`, ['the kernel counts no memory for it (version 2)']]];
  return found.map((file) => [`${path} ${file}`, read(join(CGROUP, path, file))]);
}

function read(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n');
  } catch (error) {
    return [`can't be read: ${(error as NodeJS.ErrnoException).code}`];
  }
}
