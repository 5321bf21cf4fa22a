import { advance } from '../../src/core/advance.ts';
import { Budget, DEFAULT_SHARES, fullAccount } from '../../src/core/budget.ts';
import { demand } from '../../src/core/demand.ts';
import { emptyMemory } from '../../src/core/memory.ts';
import type { AlertEvent, Demand, ExactReading, ProcessSample, Rule, Snapshot } from '../../src/core/types.ts';
import { GiB, told } from './play.ts';

/** A process that has been there since the host was booted, and never changes. */
export interface Resident {
  readonly name: string;
  readonly rss: number;
  readonly pss: number;
  readonly ceiling?: number;
  /** It may not be read. */
  readonly denied?: boolean;
}

/** What a walk of page tables costs, ms for each byte. */
const WALK = 20 / GiB;

/** Watches a host from its boot on as the sampler does: what the rules ask for is read where the budget allows it. @returns what was told, seconds since boot in front. */
export function watchBoot(rules: readonly Rule[], residents: readonly Resident[], seconds: number): string[] {
  const memory = emptyMemory();
  const reader = readerOf(residents);
  const events: AlertEvent[] = [];
  for (let uptime = 5000; uptime <= seconds * 1000; uptime += 5000) {
    const draft = snapshotOf(reader.begin(uptime), { uptime, mapped: sum(residents) });
    // Each asking settles all that was asked for: it ends.
    while (reader.serve(demand(memory, rules, draft), uptime) > 0);
    events.push(...advance(memory, rules, draft));
  }
  return told(events, 0);
}

interface Reader {
  /** Everybody as far as is known without reading. */
  begin(uptime: number): ProcessSample[];
  /** Reads what may be read. @returns how many were settled. */
  serve(asked: readonly Demand[], uptime: number): number;
}

function readerOf(residents: readonly Resident[]): Reader {
  const budget = new Budget(DEFAULT_SHARES);
  const accounts = new Map(residents.map((resident) => [resident, fullAccount()]));
  const last = new Map<Resident, ExactReading>();
  let open: Map<ProcessSample, Resident> = new Map();
  let cpu = 0;
  const settle = ({ urgency }: Demand, resident: Resident, uptime: number): Partial<ProcessSample> => {
    const { rss, denied } = resident;
    const account = accounts.get(resident) ?? fullAccount();
    if (denied) return { unread: 'denied' };
    if (!budget.allows({ urgency, rss, account }, uptime)) return { unread: 'postponed' };
    const exact = readingOf(resident, uptime);
    last.set(resident, exact);
    cpu += rss * WALK;
    budget.spend(rss * WALK, { rss, account });
    return { exact, last: exact };
  };
  return {
    begin(uptime): ProcessSample[] {
      budget.refill(uptime);
      open = new Map(residents.map((resident, index) => [draftOf(resident, index, last.get(resident)), resident]));
      return [...open.keys()];
    },
    serve(asked, uptime): number {
      let settled = 0;
      for (const demand of asked) {
        const resident = open.get(demand.sample);
        if (resident === undefined || !open.delete(demand.sample)) continue;
        Object.assign(demand.sample, settle(demand, resident, uptime));
        settled += 1;
      }
      budget.endRound(cpu);
      return settled;
    },
  };
}

function sum(residents: readonly Resident[]): number {
  return residents.reduce((total, { pss }) => total + pss, 0);
}

function draftOf({ name, rss, ceiling }: Resident, index: number, last: ExactReading | undefined): ProcessSample {
  const process = {
    ...{ pid: index + 2, start: 1, startedAt: 0, ppid: 1, name, uid: 0, user: 'root' },
    ...{ cgroup: `/system.slice/${name}.service`, unit: `${name}.service` },
  };
  return { process, rss, shared: rss, swap: 0, ...(last && { last }), ...(ceiling !== undefined && { ceiling }) };
}

function readingOf({ rss, pss }: Resident, at: number): ExactReading {
  return { at, pss, swapPss: 0, rss, uss: 0, anon: 0, file: pss, shmem: 0, dirty: 0 };
}

function snapshotOf(
  processes: readonly ProcessSample[],
  { uptime, mapped }: { uptime: number; mapped: number },
): Snapshot {
  return {
    ...{ time: 1_700_000_000_000 + uptime, uptime, boot: 'boot', host: 'host', processes, gone: 0 },
    memory: { total: 512 * GiB, available: 200 * GiB, anon: 0, mapped, swapTotal: 0, swapFree: 0 },
    cost: { exact: 0, wall: 1, longest: 1, cpu: 1 },
  };
}
