import type { AlertEvent, Notice, ProcessSample, Snapshot } from '../../src/core/types.ts';

export const MiB = 2 ** 20;

/** What a made-up process has; sizes in bytes. */
export interface MadeUp {
  readonly name: string;
  readonly pid?: number;
  readonly pss?: number;
  readonly swap?: number;
  readonly rss?: number;
  /** Why it could not be read; `denied` where no figure is given, `false`: nobody asked for it. */
  readonly unread?: NonNullable<ProcessSample['unread']> | false;
  /** Its figures were read so many seconds before the snapshot, and not in it. */
  readonly ago?: number;
  readonly user?: string;
  readonly unit?: string;
  readonly cmdline?: string;
}

/** A process of a made-up snapshot at uptime `now`, read in it when it has `pss`. */
export function sample(made: MadeUp, now = 0): ProcessSample {
  const { name, pid = 1, pss, swap = 0, user = 'root', unit, cmdline, ago, unread = 'denied' } = made;
  const rss = made.rss ?? pss ?? 0;
  const process = {
    ...{ pid, start: pid * 10, startedAt: pid, ppid: 1, name, uid: 0, user, cgroup: '/' },
    ...(unit ? { unit } : {}),
    ...(cmdline ? { cmdline } : {}),
  };
  if (pss === undefined) return { process, rss, ...(unread && { unread }) };
  const figures = { pss, swapPss: swap, rss, uss: pss, anon: pss, file: 0, shmem: 0, dirty: pss };
  if (ago === undefined) return { process, rss, exact: { at: now, ...figures }, last: { at: now, ...figures } };
  return { process, rss, last: { at: now - ago * 1000, ...figures }, ...(made.unread && { unread: made.unread }) };
}

/** A made-up snapshot of a host with 8 GiB; `seconds` after the first one. */
export function snapshot(processes: readonly MadeUp[], seconds = 0): Snapshot {
  const samples = processes.map((made, index) => sample({ pid: 100 + index, ...made }, 1_000_000 + seconds * 1000));
  const held = samples.reduce((sum, { last, rss }) => sum + (last?.pss ?? rss), 0);
  return {
    time: Date.UTC(2026, 0, 2, 3, 4, 5) + seconds * 1000,
    uptime: 1_000_000 + seconds * 1000,
    boot: 'b007',
    host: 'web-1',
    memory: {
      ...{ total: 8192 * MiB, available: 4096 * MiB, anon: held, mapped: 0, swapTotal: 0, swapFree: 0 },
    },
    processes: samples,
    gone: 0,
    cost: { exact: samples.filter(({ exact }) => exact).length, wall: 12, longest: 2, cpu: 9 },
  };
}

/** A made-up event of the alert `a1`. */
export function alertEvent(change: Partial<AlertEvent> = {}): AlertEvent {
  const time = Date.UTC(2026, 0, 2, 3, 4, 5);
  return {
    type: 'alert',
    alert: 'a1',
    id: 'a1-fired',
    kind: 'fired',
    rule: 'web-memory',
    severity: 'warning',
    labels: {},
    mode: 'active',
    host: 'web-1',
    target: { key: 'nginx', by: 'name', name: 'nginx', count: 1, processes: [{ pid: 100, start: 1, name: 'nginx' }] },
    value: 600 * MiB,
    limit: 500 * MiB,
    unit: 'bytes',
    because: 'pss 600 MiB is above 500 MiB',
    message: 'nginx: pss 600 MiB is above 500 MiB',
    time,
    since: time - 60_000,
    uptime: 1_000_000,
    ...change,
  };
}

/** A made-up notice. */
export function notice(change: Partial<Notice> = {}): Notice {
  const time = Date.UTC(2026, 0, 2, 3, 4, 5);
  return { type: 'notice', kind: 'started', severity: 'info', time, message: 'psstop 0.1.0 watches web-1', ...change };
}
