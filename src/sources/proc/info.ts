import { readlinkSync } from 'node:fs';
import type { ProcessInfo } from '../../core/types.ts';
import { belonging, cgroupOf } from './cgroup.ts';
import type { Entry, EntryContext } from './entry.ts';
import { readFile, readText, text } from './files.ts';
import { decodeText, processName } from './names.ts';
import { readRlimits } from './rlimits.ts';
import { sharedText } from './shared-text.ts';

/** The same object as long as nothing in it changed. */
export function infoOf(entry: Entry, context: EntryContext): ProcessInfo {
  entry.info ??= makeInfo(entry, context);
  return entry.info;
}

/** The real uid from status: the owner of the folder would be wrong for processes that may not be dumped. @returns -1 when unknown. */
export function readUid(root: string, pid: number): number {
  const length = readFile(`${root}/${pid}/status`);
  const uid = length < 0 ? undefined : /\nUid:\t(\d{1,10})\t/.exec(text.toString('latin1', 0, length))?.[1];
  return uid === undefined ? -1 : Number(uid);
}

function makeInfo(entry: Entry, { details, user }: EntryContext): ProcessInfo {
  const { exe, build, cmdline, uid } = entry;
  const cgroup = entry.cgroup?.path ?? '';
  const info: Mutable<ProcessInfo> = {
    pid: entry.pid,
    start: entry.start,
    startedAt: entry.startedAt,
    ppid: entry.ppid,
    name: processName(entry.comm, cmdline),
    uid,
    user: details.user && uid >= 0 ? user(uid) : '',
    cgroup,
  };
  if (exe !== undefined) info.exe = exe;
  if (build) info.build = build;
  if (details.cmdline && cmdline !== undefined) info.cmdline = commandLine(cmdline);
  if (cgroup === '') return info;
  const { unit, container } = belonging(cgroup);
  if (unit !== undefined) info.unit = unit;
  if (container !== undefined) info.container = container;
  return info;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Looks at the slow-changing files again. They never take a memory lock, so the daemon reads them itself. */
export function lookAgain(entry: Entry, context: EntryContext): void {
  lookAtSlow(entry, context);
  const asks = context.asksLimits?.();
  entry.limits = asks?.(infoOf(entry, context)) ? readRlimits(context.root, entry.pid) : undefined;
}

function lookAtSlow(entry: Entry, { root, details }: EntryContext): void {
  const uid = details.user ? readUid(root, entry.pid) : -1;
  // One that can't be read now is nobody else's.
  if (uid >= 0) change(entry, 'uid', uid);
  if (details.exe) change(entry, 'exe', readExe(`${root}/${entry.pid}/exe`));
  if (!details.cgroup && !details.ceiling) return;
  const lines = readText(`${root}/${entry.pid}/cgroup`);
  if (lines === undefined) return;
  const cgroup = cgroupOf(lines);
  if (cgroup.path === entry.cgroup?.path && cgroup.memory.path === entry.cgroup.memory.path) return;
  change(entry, 'cgroup', cgroup);
}

function change<K extends 'uid' | 'exe' | 'cgroup'>(entry: Entry, key: K, value: Entry[K]): void {
  if (entry[key] === value) return;
  entry[key] = value;
  entry.info = undefined;
}

/** A program replaced on disk is still the same program: the kernel's " (deleted)" is left out. */
function readExe(path: string): string | undefined {
  try {
    return sharedText(decodeText(readlinkSync(path, 'latin1')).replace(/ \(deleted\)$/, ''));
  } catch {
    return undefined;
  }
}

/** Arguments end with a NUL each; a blank stands between them. Joined, the text is in one piece: replaceAll would leave a chain of pieces. */
function commandLine(binary: string): string {
  return decodeText(binary).replace(/\0+$/, '').split('\0').join(' ');
}
