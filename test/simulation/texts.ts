/** The texts of /proc for the simulated host, in the kernel's own form. */

import type { Counters, HostCounters, Rollup } from './figures.ts';
import { PAGE } from './figures.ts';
import { type Host, RAM, SWAP, type Task } from './host.ts';
import { availableOf } from './samples.ts';

const KB = PAGE / 1024;

/** /proc/PID/smaps_rollup. */
export function rollupText(figures: Rollup): string {
  const lines = {
    Rss: figures.rss,
    Pss: figures.pss,
    Pss_Dirty: figures.pssDirty,
    Pss_Anon: figures.pssAnon,
    Pss_File: figures.pssFile,
    Pss_Shmem: figures.pssShmem,
    Shared_Clean: figures.sharedClean,
    Shared_Dirty: figures.sharedDirty,
    Private_Clean: figures.privateClean,
    Private_Dirty: figures.privateDirty,
    Referenced: figures.rss,
    Anonymous: figures.pssAnon,
    KSM: figures.merged,
    LazyFree: 0,
    AnonHugePages: 0,
    ShmemPmdMapped: 0,
    FilePmdMapped: 0,
    Shared_Hugetlb: 0,
    Private_Hugetlb: 0,
    Swap: figures.swap,
    SwapPss: figures.swapPss,
    Locked: 0,
  };
  return `55d514dc9000-7ffc0c415000 ---p 00000000 00:00 0                          [rollup]\n${linesOf(lines)}`;
}

/** /proc/PID/statm: size, resident, shared, text, lib, data and dirty pages. A zombie has none. */
export function statmText({ anon, file, shmem, swap }: Counters, zombie: boolean): string {
  const resident = anon + file + shmem;
  const size = zombie ? 0 : resident + swap + 2000;
  return `${size} ${resident} ${file + shmem} 100 0 ${zombie ? 0 : anon + swap} 0\n`;
}

/** /proc/PID/stat with 52 fields. Its resident size lags behind. */
export function statText(task: Task, { anon, file, shmem, swap }: Counters): string {
  const { pid, ppid, comm, minor, major, start, zombie } = task;
  const pages = anon + file + shmem;
  const vsize = zombie ? 0 : (pages + swap + 2000) * PAGE;
  const head = `${pid} (${comm.slice(0, 15)}) ${zombie ? 'Z' : 'S'} ${ppid} ${pid} ${pid} 0 -1 4194560`;
  const times = '1 2 0 0 20 0 1 0';
  return `${head} ${minor} 0 ${major} 0 ${times} ${start} ${vsize} ${Math.max(0, pages - (pid % 60))} 18446744073709551615${' 0'.repeat(27)}\n`;
}

/** /proc/PID/status, the lines that matter. A zombie has no memory lines. */
export function statusText({ pid, role, comm, zombie }: Task, { anon, file, shmem, swap }: Counters): string {
  const { uid } = role;
  const who = `Name:\t${comm.slice(0, 15)}\nUmask:\t0022\nState:\tS (sleeping)\nPid:\t${pid}\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nGid:\t0\t0\t0\t0\n`;
  if (zombie) return who;
  const kb = (name: string, pages: number): string => `${name}:\t${String(pages * KB).padStart(8)} kB\n`;
  const resident = kb('VmRSS', anon + file + shmem) + kb('RssAnon', anon) + kb('RssFile', file) + kb('RssShmem', shmem);
  return `${who}${resident}${kb('VmSwap', swap)}Threads:\t1\n`;
}

/** /proc/meminfo. */
export function meminfoText({ anon, mapped, swap }: HostCounters, { drift }: Host): string {
  const used = (anon + mapped) * KB;
  const total = RAM / 1024;
  return linesOf({
    MemTotal: total,
    MemFree: Math.floor((total - used) / 2),
    MemAvailable: availableOf(anon + mapped) / 1024,
    SwapTotal: SWAP / 1024,
    SwapFree: SWAP / 1024 - swap * KB,
    AnonPages: (anon + drift.anon) * KB,
    Mapped: (mapped + drift.mapped) * KB,
  });
}

/** /proc/loadavg: it ends with the last pid that was given out. */
export function loadavgText({ lastPid, tasks }: Host): string {
  return `0.50 0.40 0.30 1/${tasks.size} ${lastPid}\n`;
}

function linesOf(figures: Readonly<Record<string, number>>): string {
  return Object.entries(figures)
    .map(([name, kb]) => `${`${name}:`.padEnd(16)}${String(kb).padStart(8)} kB\n`)
    .join('');
}
