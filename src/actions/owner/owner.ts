import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readStat } from '../process/identity.ts';
import { type ContainerGroup, containerGroupOf, groupsOf } from './cgroup.ts';

/** A process that starts others again when they end. */
export interface Manager {
  readonly kind: 'pm2' | 'supervisor' | 'runit' | 's6';
  readonly pid: number;
  /** Whoever it runs as: it is only ever asked as this user, as any user can call a program by its name. */
  readonly uid: number;
  readonly gid: number;
}

/** Who sets a process up again, besides systemd. */
export type Owner = { readonly container: ContainerGroup } | { readonly manager: Manager };

/** Names of managers (comm, of which the kernel keeps 15 bytes). */
const MANAGERS: readonly (readonly [Manager['kind'], RegExp])[] = [
  ['pm2', /^PM2 v\d/],
  ['supervisor', /^supervisord$/],
  ['runit', /^runsv$/],
  ['s6', /^s6-supervise$/],
];

/** Finds the owner of a process by its control group and its ancestors: files that never hang. @returns undefined where systemd or nobody has it. */
export function ownerOf(proc: string, pid: number): Owner | undefined {
  const container = groupsOf(proc, pid).map(containerGroupOf).find(Boolean);
  if (container !== undefined) return { container };
  const seen = new Set([pid]);
  for (let at = readStat(proc, pid)?.ppid ?? 0; at > 1 && !seen.has(at); at = readStat(proc, at)?.ppid ?? 0) {
    seen.add(at);
    const manager = managerAt(proc, at);
    if (manager !== undefined) return { manager };
  }
  return undefined;
}

function managerAt(proc: string, pid: number): Manager | undefined {
  try {
    const comm = readFileSync(join(proc, String(pid), 'comm'), 'utf8').trim();
    const kind = MANAGERS.find(([, pattern]) => pattern.test(comm))?.[0];
    if (kind === undefined) return undefined;
    const { uid, gid } = statSync(join(proc, String(pid)));
    return { kind, pid, uid, gid };
  } catch {
    return undefined;
  }
}
