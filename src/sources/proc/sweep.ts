import { readdirSync } from 'node:fs';
import { release } from 'node:os';
import type { ProcessSample, Snapshot } from '../../core/types.ts';
import { readFile, text } from './files.ts';
import { grep } from './grep.ts';
import { readHostMemory, readIdentity, uptimeOffset } from './host.ts';
import { type Leftover, settleLeftover } from './leftover.ts';
import { readMachine } from './machine.ts';
import { monotonic } from './monotonic.ts';
import { needsCmdline, processName } from './names.ts';
import { containerMemory, showsPart } from './namespace.ts';
import { mayBeReused, pidClock } from './pids.ts';
import { emptyStat, parseStat } from './stat.ts';
import { parseSwept, SWEPT_LINES, type Swept } from './swept.ts';

/** Where to read. */
export interface SweepOptions {
  /** Root of the proc file system. */
  readonly root: string;
  /** Where the cgroup hierarchies are mounted; `/sys/fs/cgroup`. */
  readonly cgroupRoot?: string;
}

/** ms that a sweep may take: on its own, for each process, and for each byte of their memory (a page walk takes 6 to 50 ms per GiB). */
const PATIENCE = 1_000;
const PATIENCE_FOR_PROCESS = 0.25;
const PATIENCE_FOR_BYTE = 25 / 2 ** 30;
/** ms: start times and the uptime are both counted in hundredths of a second. */
const TICK = 20;
/** Bytes in a kB of the kernel's. */
const KIB = 1024;
/** Arguments that a name is looked for in. */
const ARGUMENTS = 3;

/**
 * The quick way to a plain list: PSS, SwapPss and name of every process, read by a grep that is killed when it hangs. It gives
 * all or nothing: as soon as it is not sure of everything (something hangs, or is not as it always is) the caller takes a
 * snapshot with care, which knows what to do about all that. What else a sample holds is not looked up: texts are empty,
 * and numbers -1. Blocks while it reads. @throws when the root can't be listed.
 */
export function sweep({ root, cgroupRoot = '/sys/fs/cgroup' }: SweepOptions): Sweep | undefined {
  if (!waitsCanBeKilled()) return undefined;
  const began = monotonic();
  const time = Date.now();
  const uptime = began + uptimeOffset(root);
  const host = readHostMemory(root);
  const memory = showsPart(root) ? containerMemory(host, cgroupRoot) : host;
  const swept = readProcesses(root, { uptime, held: host.anon + host.mapped });
  if (swept === undefined) return undefined;
  const { found, names, denied, gone } = swept;
  const cost = { exact: found.length - denied.size, longest: -1, wall: monotonic() - began, cpu: -1 };
  return { host: { time, uptime, ...readIdentity(root), memory, processes: [], gone, cost }, found, names, denied };
}

/** What a sweep found. */
export interface Sweep extends Omit<SweptProcesses, 'gone'> {
  /** A snapshot that lacks its processes. */
  readonly host: Snapshot;
}

interface SweptProcesses {
  /** Those that were read, and those that may not be. */
  readonly found: readonly Swept[];
  /** Of each of them. */
  readonly names: readonly string[];
  /** Who may not be read, with the bytes that each can have at most. */
  readonly denied: Leftover['denied'];
  readonly gone: number;
}

/** The snapshot that a sweep stands for. */
export function snapshotOf({ host, found, names, denied }: Sweep): Snapshot {
  const processes = found.map((one, index) => toSample(one, { name: names[index] ?? '', at: host.uptime, denied }));
  return { ...host, processes };
}

/**
 * Before 5.3 a reader that waits for another process's memory lock could not be killed (commit a26a97815548, "proc: use
 * down_read_killable mmap_sem for /proc/pid/smaps_rollup"), and this process would wait for it for ever.
 */
function waitsCanBeKilled(): boolean {
  const [major = 0, minor = 0] = release().split('.', 2).map(Number);
  return major > 5 || (major === 5 && minor >= 3);
}

function readProcesses(root: string, { uptime, held }: { uptime: number; held: number }): SweptProcesses | undefined {
  const pids = listPids(root);
  const clock = pidClock(root);
  // From here on: who was born before the first file was read has both files to himself.
  const before = clock.last();
  const where = { root, patience: PATIENCE + pids.length * PATIENCE_FOR_PROCESS + held * PATIENCE_FOR_BYTE };
  const found = readAll(pids, where);
  if (found === undefined) return undefined;
  const after = clock.last();
  const read = found.filter(({ pss }) => pss >= 0);
  const born = ((uptime - TICK) / 1e3) * readMachine().ticks;
  if (read.some(({ pid }) => mayBeReused(pid, before, after) && !wasThere(root, pid, born))) return undefined;
  const leftover = settleLeftover(missing(pids, read), where);
  if (leftover === undefined) return undefined;
  const { gone, denied } = leftover;
  const listed = denied.size === 0 ? read : found.filter(({ pid, pss }) => pss >= 0 || denied.has(pid));
  const names = wholeNames(listed, where);
  if (names === undefined || listed.length !== read.length + denied.size) return undefined;
  return { found: listed, names, denied, gone };
}

interface Where {
  readonly root: string;
  readonly patience: number;
}

function listPids(root: string): string[] {
  return readdirSync(root).filter((name) => {
    const first = name.charCodeAt(0);
    return first >= 48 && first <= 57;
  });
}

function missing(pids: readonly string[], read: readonly Swept[]): number[] {
  if (pids.length === read.length) return [];
  const there = new Set(read.map(({ pid }) => pid));
  return pids.map(Number).filter((pid) => !there.has(pid));
}

function readAll(pids: readonly string[], { root, patience }: Where): Swept[] | undefined {
  const files: string[] = [];
  for (const pid of pids) files.push(`${pid}/smaps_rollup`, `${pid}/comm`);
  const answer = grep(root, { flags: ['-sE'], pattern: SWEPT_LINES, files, patience });
  return answer && parseSwept(answer.lines);
}

/** Was the process that has this pid now there before `tick` (clock ticks after boot)? Then both of its files were its own. */
function wasThere(root: string, pid: number, tick: number): boolean {
  const stat = emptyStat();
  const length = readFile(`${root}/${pid}/stat`);
  return length >= 0 && parseStat(text, length, stat) && stat.start < tick;
}

/** Names in the order of `listed`. Where comm may have been cut, the command line tells; reading it takes the memory lock too. */
function wholeNames(listed: readonly Swept[], { root, patience }: Where): string[] | undefined {
  const files = listed.filter(({ comm }) => needsCmdline(comm)).map(({ pid }) => `${pid}/cmdline`);
  if (files.length === 0) return listed.map(({ comm }) => processName(comm, undefined));
  const answer = grep(root, { flags: ['-sz', `-m${ARGUMENTS}`], pattern: '', files, patience });
  if (answer === undefined) return undefined;
  const lines = new Map<number, string>();
  for (const line of answer.lines.split('\0')) {
    const pid = Number.parseInt(line, 10);
    const argument = line.slice(line.indexOf(':') + 1);
    lines.set(pid, `${lines.get(pid) ?? ''}${argument}\0`);
  }
  return listed.map(({ pid, comm }) => processName(comm, lines.get(pid)));
}

interface Known {
  readonly name: string;
  readonly at: number;
  readonly denied: Leftover['denied'];
}

/** Hot path: a spread here would cost as much as all the rest. */
function toSample({ pid, pss, swapPss }: Swept, { name, at, denied }: Known): ProcessSample {
  const process = { pid, start: -1, startedAt: -1, ppid: -1, name, uid: -1, user: '', cgroup: '' };
  if (pss < 0) return { process, rss: denied.get(pid) ?? 0, unread: 'denied' };
  const exact = {
    at,
    pss: pss * KIB,
    swapPss: swapPss * KIB,
    rss: -1,
    uss: -1,
    anon: -1,
    file: -1,
    shmem: -1,
    dirty: -1,
  };
  return { process, rss: -1, exact };
}
