import { readdirSync } from 'node:fs';
import { release } from 'node:os';
import type { ProcessSample, Snapshot } from '../../core/types.ts';
import { runBounded } from './bounded.ts';
import { readFile, text } from './files.ts';
import { grep } from './grep.ts';
import { neverSwapped, readHostMemory, readIdentity, uptimeOffset } from './host.ts';
import { type Leftover, settleLeftover } from './leftover.ts';
import { readMachine } from './machine.ts';
import { monotonic } from './monotonic.ts';
import { decodeNames, needsCmdline, processName } from './names.ts';
import { containerMemory, showsPart } from './namespace.ts';
import { mayBeReused, pidClock } from './pids.ts';
import { emptyStat, parseStat } from './stat.ts';
import { parseSwept, type Swept, sweepScript } from './swept.ts';

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
const AWK = '/usr/bin/awk';
/** Arguments that a name is looked for in. */
const ARGUMENTS = 3;

/**
 * The quick way to a plain list: PSS, SwapPss and name of every process, read by an awk that is killed when it hangs. It gives
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
  const { gone, ...found } = swept;
  const cost = { exact: found.pids.length - found.denied.size, longest: -1, wall: monotonic() - began, cpu: -1 };
  return { host: { time, uptime, ...readIdentity(root), memory, processes: [], gone, cost }, ...found };
}

/** What a sweep found: columns, the i-th of each belongs to the i-th process. */
export interface Sweep extends Omit<SweptProcesses, 'gone'> {
  /** A snapshot that lacks its processes. */
  readonly host: Snapshot;
}

interface SweptProcesses extends Omit<Swept, 'comms'> {
  readonly names: readonly string[];
  /** Who may not be read, with the bytes that each can have at most. */
  readonly denied: Leftover['denied'];
  readonly gone: number;
}

/** The snapshot that a sweep stands for. */
export function snapshotOf(sweep: Sweep): Snapshot {
  return { ...sweep.host, processes: sweep.pids.map((_, index) => toSample(sweep, index)) };
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
  const born = ((uptime - TICK) / 1e3) * readMachine().ticks;
  const isOwn = (pid: number) => !mayBeReused(pid, before, after) || wasThere(root, pid, born);
  if (!found.pids.every((pid, index) => found.pss[index] === -1 || isOwn(pid))) return undefined;
  const left = missing(pids, found);
  const leftover = settleLeftover(left, where);
  if (leftover === undefined) return undefined;
  const { gone, denied } = leftover;
  if (left.length > 0) dropUnread(found, denied);
  const names = wholeNames(found, where);
  if (names === undefined || names.length !== pids.length - left.length + denied.size) return undefined;
  return { ...found, names, denied, gone };
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

/** Whose memory was not read. Those that were found come in the order in which they were asked for. */
function missing(pids: readonly string[], { pids: found, pss }: Swept): number[] {
  const left: number[] = [];
  let next = 0;
  for (let index = 0; index < pids.length; index += 1) {
    const pid = Number(pids[index]);
    const isFound = found[next] === pid;
    if (!isFound || (pss[next] ?? -1) < 0) left.push(pid);
    if (isFound) next += 1;
  }
  return left;
}

/** Drops, in place, who was not read and is not denied either: nobody needs to know of them. */
function dropUnread({ pids, comms, pss, swapPss }: Swept, denied: Leftover['denied']): void {
  let kept = 0;
  for (let index = 0; index < pids.length; index += 1) {
    const pid = pids[index] ?? 0;
    const kB = pss[index] ?? -1;
    if (kB < 0 && !denied.has(pid)) continue;
    pids[kept] = pid;
    comms[kept] = comms[index] ?? '';
    pss[kept] = kB;
    swapPss[kept] = swapPss[index] ?? 0;
    kept += 1;
  }
  for (const column of [pids, comms, pss, swapPss]) column.length = kept;
}

function readAll(pids: readonly string[], { root, patience }: Where): Swept | undefined {
  const args = [sweepScript(!neverSwapped(root))];
  const told = runBounded({ program: AWK, args, folder: root, patience, input: pids.join('\n') });
  // mawk gives up at the first file that can be opened and not be read, as that of a process which ends in between.
  return told?.status === 0 ? parseSwept(told.output) : undefined;
}

/** Was the process that has this pid now there before `tick` (clock ticks after boot)? Then both of its files were its own. */
function wasThere(root: string, pid: number, tick: number): boolean {
  const stat = emptyStat();
  const length = readFile(`${root}/${pid}/stat`);
  return length >= 0 && parseStat(text, length, stat) && stat.start < tick;
}

/** Where comm may have been cut, the command line tells; reading it takes the memory lock too. */
function wholeNames({ pids, comms }: Swept, { root, patience }: Where): string[] | undefined {
  const files = pids.filter((_, index) => needsCmdline(comms[index] ?? '')).map((pid) => `${pid}/cmdline`);
  if (files.length === 0) return decodeNames(comms);
  const answer = grep(root, { flags: ['-sz', `-m${ARGUMENTS}`], pattern: '', files, patience });
  if (answer === undefined) return undefined;
  const lines = new Map<number, string>();
  for (const line of answer.output.split('\0')) {
    const pid = Number.parseInt(line, 10);
    const argument = line.slice(line.indexOf(':') + 1);
    lines.set(pid, `${lines.get(pid) ?? ''}${argument}\0`);
  }
  return comms.map((comm, index) => processName(comm, lines.get(pids[index] ?? 0)));
}

/** Hot path: a spread here would cost as much as all the rest. */
function toSample({ pids, names, pss, swapPss, denied, host }: Sweep, index: number): ProcessSample {
  const pid = pids[index] ?? 0;
  const name = names[index] ?? '';
  const process = { pid, start: -1, startedAt: -1, ppid: -1, name, uid: -1, user: '', cgroup: '' };
  const kB = pss[index] ?? -1;
  if (kB < 0) return { process, rss: denied.get(pid) ?? 0, unread: 'denied' };
  const exact = {
    at: host.uptime,
    pss: kB * KIB,
    swapPss: (swapPss[index] ?? 0) * KIB,
    rss: -1,
    uss: -1,
    anon: -1,
    file: -1,
    shmem: -1,
    dirty: -1,
  };
  return { process, rss: -1, exact };
}
