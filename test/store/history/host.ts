import type { ExactReading, ProcessInfo, ProcessSample, Snapshot } from '../../../src/core/types.ts';

const MIB = 2 ** 20;

/** A process of a made-up host: what it holds at an uptime, MiB; undefined: it is not read then. */
export interface Actor {
  readonly process: ProcessInfo;
  pss(uptime: number): number | undefined;
  readonly from?: number;
  readonly to?: number;
}

/** A process with what a test says of it. */
export function info(pid: number, more: Partial<ProcessInfo> = {}): ProcessInfo {
  const start = more.start ?? pid * 100;
  const known = { name: `app-${pid}`, ppid: 1, uid: 0, user: 'root', cgroup: '/system.slice/app.service' };
  return { ...known, pid, start, startedAt: start * 10, cmdline: 'app --password=secret', ...more };
}

/** A reading, of bytes in whole KiB. */
export function reading(at: number, pss: number): ExactReading {
  const anon = Math.round((pss * 0.8) / 1024) * 1024;
  const rest = { rss: pss * 2, uss: anon, anon, file: pss - anon, shmem: 0, dirty: anon };
  return { at, pss, swapPss: 4096, ...rest };
}

/** Where a made-up host begins, Unix ms, at uptime 0: where periods of all levels begin. */
export const BOOTED = 4_050 * 5 * 86_400_000;

/** A snapshot of a host at an uptime, ms. */
export function snapshotAt(uptime: number, actors: readonly Actor[], more: Partial<Snapshot> = {}): Snapshot {
  const alive = actors.filter(({ from = 0, to = Number.POSITIVE_INFINITY }) => uptime >= from && uptime <= to);
  const processes = alive.map((actor): ProcessSample => {
    const size = actor.pss(uptime);
    if (size === undefined) return { process: actor.process, rss: 900 * MIB };
    const exact = reading(uptime, Math.round(size * 1024) * 1024);
    return {
      process: actor.process,
      rss: exact.rss,
      cpu: Math.round(uptime / 100) * 10,
      threads: 3,
      exact,
      last: exact,
    };
  });
  const memory = { total: 2 ** 34, available: 2 ** 33, anon: 2 ** 31, mapped: 2 ** 29, swapTotal: 0, swapFree: 0 };
  const cost = { exact: processes.filter(({ exact }) => exact).length, wall: 12.5, longest: 1.5, cpu: 9.5 };
  return { time: BOOTED + uptime, uptime, boot: 'boot-1', host: 'vm', memory, processes, gone: 0, cost, ...more };
}
