import { compileMessage, DEFAULT_MESSAGE } from '../../src/core/message.ts';
import { compileSelector, type SelectSpec } from '../../src/core/select.ts';
import type { Condition, ProcessInfo, ProcessSample, Rule, Snapshot } from '../../src/core/types.ts';

export const MiB = 2 ** 20;
export const GiB = 2 ** 30;

type Figures = Partial<Omit<ProcessInfo, 'pid'>> & {
  pid: number;
  pss?: number;
  uss?: number;
  rss?: number;
  swap?: number;
  ceiling?: number;
  room?: number;
  unread?: ProcessSample['unread'];
};

/** A process as a few figures; what is not said follows from `pss`. Without `pss` it could not be read. */
export function sample(figures: Figures, at = 0): ProcessSample {
  const { pss, uss = pss, rss = pss ?? 0, swap = 0, ceiling, room, unread, ...info } = figures;
  const process: ProcessInfo = {
    start: figures.startedAt ? figures.startedAt / 10 : figures.pid,
    startedAt: 0,
    ppid: 1,
    name: 'web',
    uid: 1000,
    user: 'app',
    cgroup: '/',
    ...info,
  };
  return {
    process,
    rss,
    ...(ceiling !== undefined && { ceiling }),
    ...(room !== undefined && { room }),
    ...(unread && { unread }),
    ...(pss !== undefined && {
      exact: { at, pss, swapPss: swap, rss, uss: uss ?? 0, anon: pss, file: 0, shmem: 0, dirty: uss ?? 0 },
    }),
  };
}

/** A snapshot `seconds` after boot. */
export function snapshot(seconds: number, processes: readonly ProcessSample[], more: Partial<Snapshot> = {}): Snapshot {
  return {
    time: 1_700_000_000_000 + seconds * 1000,
    uptime: seconds * 1000,
    boot: 'boot-1',
    host: 'testhost',
    memory: { total: 16 * GiB, available: 8 * GiB, anon: 4 * GiB, mapped: GiB, swapTotal: 0, swapFree: 0 },
    processes,
    gone: 0,
    cost: { exact: processes.length, wall: 1, longest: 1, cpu: 1 },
    ...more,
  };
}

/** Holds while the PSS of the target is above so many bytes; can't tell when that is not known. */
export function pssAbove(limit: number): Condition {
  return {
    wants: [],
    test: (target) => {
      const pss = target.measure('pss');
      if (pss === undefined || (pss.low <= limit && pss.high > limit)) return undefined;
      return { met: pss.low > limit, value: pss.low, limit, unit: 'bytes', because: () => `pss ${pss.low}` };
    },
  };
}

/** A rule with everything that is not said at its default. */
export function rule(more: Partial<Rule> & { of?: SelectSpec } = {}): Rule {
  const { of = { name: ['*'] }, ...fields } = more;
  const name = fields.name ?? 'budget';
  return {
    name,
    key: `${name}-1`,
    severity: 'warning',
    labels: {},
    select: compileSelector(of, of.name?.join(' ') ?? 'everything', (pattern) => (text) => text.includes(pattern)),
    by: 'name',
    when: pssAbove(100 * MiB),
    for: 0,
    keep: 0,
    repeat: 0,
    noData: 'keep',
    mode: 'active',
    message: compileMessage(DEFAULT_MESSAGE),
    steps: [],
    ...fields,
  };
}
