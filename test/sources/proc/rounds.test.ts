import { describe, expect, it } from 'vitest';
import { Budget, type BudgetShares, fullAccount } from '../../../src/core/budget.ts';
import type { Demand, ExactReading, Measure, ProcessSample, Urgency } from '../../../src/core/types.ts';
import type { Entry } from '../../../src/sources/proc/entry.ts';
import { BIG } from '../../../src/sources/proc/layout.ts';
import type { Readings } from '../../../src/sources/proc/readings.ts';
import { serveDemands } from '../../../src/sources/proc/rounds.ts';
import type { ProcessTable } from '../../../src/sources/proc/table.ts';
import { MiB, sample, snapshot } from '../../core/world.ts';
import { procTree } from '../proc-tree.ts';

const UNLIMITED: BudgetShares = { process: Number.POSITIVE_INFINITY, host: Number.POSITIVE_INFINITY };
const NOTHING: BudgetShares = { process: 0, host: 0 };

/** CPU time of a reader that there is not, ms. */
let cpu = 0;

type Writable = { -readonly [K in keyof ProcessSample]: ProcessSample[K] };

interface Figures {
  readonly pid: number;
  readonly last?: ExactReading;
  readonly rss?: number;
  readonly flags?: number;
  readonly swap?: number;
}

/** A process of a draft, with the entry behind it. */
function one({ pid, last, rss = MiB, flags = 0, swap = 0 }: Figures): { sample: Writable; entry: Entry } {
  const { exact: _, ...bare } = sample({ pid, rss, startedAt: pid });
  const entry = {
    ...{ pid, rss, flags, last, shared: 0, faults: 100, startedAt: pid, account: fullAccount(), lag: 0 },
    ...{ fresh: false, asked: false, before: undefined, stood: 0, waitsSince: 0, swapAsked: 0, outcome: undefined },
  };
  return { sample: { ...bare, swap, ...(last && { last }) }, entry: entry as unknown as Entry };
}

function reading(mib: number, at = 0): ExactReading {
  return sample({ pid: 1, pss: mib * MiB }, at).exact as ExactReading;
}

interface Setting {
  readonly budget?: Budget;
  readonly uptime?: number;
  /** Page faults of each at the moment; absent: as before. */
  readonly faults?: number;
  /** What reading comes to, and what it costs, ms. */
  readonly outcome?: 'ok' | 'denied' | 'late';
  readonly cost?: number;
  readonly isOver?: boolean;
  readonly root?: string;
}

/** Serves what is asked for, with nobody there to be read. @returns who was read in which round, and why. */
async function serve(
  crowd: readonly { sample: Writable; entry: Entry }[],
  ask: (round: number) => readonly Demand[],
  {
    budget = new Budget(UNLIMITED),
    uptime = 1_000_000,
    cost = 0,
    outcome = 'ok',
    isOver = false,
    ...rest
  }: Setting = {},
): Promise<{ rounds: number[][]; lines: string[] }> {
  const rounds: number[][] = [];
  const lines: string[] = [];
  let asked = 0;
  budget.refill(uptime);
  await serveDemands(
    snapshot(
      uptime / 1000,
      crowd.map(({ sample: each }) => each),
    ),
    {
      root: rest.root ?? '',
      budget,
      ask: () => {
        asked += 1;
        // However strange what is asked for: there is an end.
        expect(asked).toBeLessThan(50);
        return ask(asked - 1);
      },
      entryOf: (one) => crowd.find(({ sample: each }) => each === one)?.entry,
      readings: {
        isOver,
        get cpu() {
          return cpu;
        },
        async read(entries: readonly Entry[]) {
          if (entries.length > 0) rounds.push(entries.map(({ pid }) => pid));
          for (const entry of entries) {
            if (outcome === 'ok') Object.assign(entry, { last: reading(5, uptime), fresh: true });
            entry.outcome = outcome;
            budget.spend(cost, entry);
            cpu += cost;
          }
        },
      } as unknown as Readings,
      table: {
        refresh(entry: Entry) {
          entry.faults = rest.faults ?? entry.faults;
          return true;
        },
      } as unknown as ProcessTable,
      trace: (line) => lines.push(line),
    },
  );
  return { rounds, lines };
}

function want(of: { sample: Writable }, urgency: Urgency, measure?: Measure): Demand {
  return { sample: of.sample, urgency, why: () => 'why\n', ...(measure && { measure }) };
}

describe('what is asked for', () => {
  it('is read in rounds until nothing more is, the most urgent first', async () => {
    const [a, b, c] = [one({ pid: 10 }), one({ pid: 11 }), one({ pid: 12 })];
    const asks = [[want(a, 'show'), want(b, 'act')], [want(c, 'decide')]];
    const { rounds, lines } = await serve([a, b, c], (round) => asks[round] ?? []);
    expect(rounds).toEqual([[11, 10], [12]]);
    expect([a, b, c].every(({ sample: { exact } }) => exact !== undefined)).toBe(true);
    expect(lines).toEqual([
      'read 11 (web) to act: why\n',
      'read 10 (web) to show: why\n',
      'read 12 (web) to decide: why\n',
    ]);
  });

  it('comes to an end, whatever is asked for again, or of whom', async () => {
    const [a, stranger] = [one({ pid: 10, swap: MiB, flags: BIG }), one({ pid: 99 })];
    const everything = (['show', 'series', 'follow', 'decide', 'act'] as const).flatMap((urgency) => [
      want(a, urgency),
      want(a, urgency, 'swap'),
      want(stranger, urgency),
    ]);
    expect((await serve([a], () => everything)).rounds.flat()).not.toContain(99);
    expect((await serve([a], () => everything, { outcome: 'denied' })).rounds.length).toBeLessThanOrEqual(5);
    await serve([a], () => everything, { budget: new Budget(NOTHING) });
    expect(stranger.sample.exact).toBeUndefined();
  });

  it('is asked of those first who were not read for longest, so that all have their turn', async () => {
    const crowd = [30, 10, 20].map((age, i) => one({ pid: 10 + i, last: reading(1, 1_000_000 - age * 1000) }));
    const { rounds } = await serve(crowd, (round) => (round === 0 ? crowd.map((each) => want(each, 'decide')) : []));
    expect(rounds).toEqual([[10, 12, 11]]);
  });
});

describe('what may not be read', () => {
  const refusing = { budget: new Budget(NOTHING) };

  it('is postponed where a rule depends on it, and simply left where it can wait', async () => {
    const [a, b, c] = [one({ pid: 10 }), one({ pid: 11 }), one({ pid: 12 })];
    const { rounds } = await serve([a, b, c], () => [want(a, 'decide'), want(b, 'series'), want(c, 'show')], refusing);
    expect(rounds).toEqual([]);
    expect([a, b, c].map(({ sample: { unread } }) => unread)).toEqual(['postponed', undefined, undefined]);
    expect([a, b, c].map(({ entry }) => entry.waitsSince)).toEqual([0, 1_000_000, 0]);
  });

  it('is late where there is no time left, also for a deed', async () => {
    const [a, b] = [one({ pid: 10 }), one({ pid: 11 })];
    await serve([a, b], () => [want(a, 'decide'), want(b, 'act')], { isOver: true });
    expect([a, b].map(({ sample: { unread, exact } }) => [unread, exact])).toEqual([
      ['late', undefined],
      [undefined, undefined],
    ]);
  });

  it('is read all the same when it becomes more urgent in the same snapshot', async () => {
    const [a, b] = [one({ pid: 10 }), one({ pid: 11 })];
    // A history may not have what a decision may: the host's share is nearly spent.
    const budget = new Budget({ process: 1, host: 0.001 });
    budget.refill(1_000_000);
    budget.spend(16, { rss: undefined, account: undefined });
    cpu += 16;
    budget.endRound(cpu);
    const asks = [[want(a, 'series')], [want(a, 'decide'), want(b, 'decide')]];
    const { rounds } = await serve([a, b], (round) => asks[round] ?? [], { budget });
    expect(rounds).toEqual([[10, 11]]);
    // What cost too much for a decision is read for a deed.
    const c = one({ pid: 12 });
    const then = [[want(c, 'decide')], [want(c, 'act')]];
    expect((await serve([c], (round) => then[round] ?? [], refusing)).rounds).toEqual([[12]]);
    expect(c.sample).toMatchObject({ exact: { pss: 5 * MiB } });
    expect(c.sample).not.toHaveProperty('unread');
  });

  it('has its turn in the end: a few histories at a time that were put off for a minute are as urgent as decisions', async () => {
    const hot = Array.from({ length: 20 }, (_, i) => one({ pid: 10 + i }));
    const histories = Array.from({ length: 20 }, (_, i) => one({ pid: 100 + i }));
    const crowd = [...hot, ...histories];
    // 5 ms are earned from one snapshot to the next, and 20 are asked for by those who are always near their limits.
    const budget = new Budget({ process: 1, host: 0.001 });
    const read: { after: number; pid: number }[] = [];
    for (let after = 0; after < 300_000; after += 5_000) {
      const fresh = crowd.map(({ entry }) => ({ ...one({ pid: entry.pid }), entry }));
      const asks = fresh.flatMap((each) => {
        if (each.entry.pid < 100) return want(each, 'decide');
        // At the beginning there is enough for all.
        return each.entry.last === undefined && after > 0 ? want(each, 'series') : [];
      });
      const { rounds } = await serve(fresh, () => asks, { budget, uptime: 1_000_000 + after, cost: 1 });
      read.push(...rounds.flat().map((pid) => ({ after, pid })));
    }
    const [first, rest] = [read.filter(({ after }) => after < 60_000), read.filter(({ after }) => after >= 60_000)];
    expect(first.filter(({ pid }) => pid >= 100)).toEqual([]);
    expect(new Set(rest.map(({ pid }) => pid)).size).toBe(40);
    // Nothing is free: all together had no more than their share and what may be borrowed.
    expect(read.length).toBeLessThanOrEqual(300 + 20 + 20 + 20);
    expect(read.length).toBeGreaterThan(280);
  });
});

describe('what stands in for a reading', () => {
  const big = (more: Partial<Figures> = {}): ReturnType<typeof one> => {
    const each = one({ pid: 10, rss: 100 * MiB, flags: BIG, last: reading(50, 900_000), ...more });
    each.entry.before = { rss: each.entry.rss, shared: 0, faults: 100 };
    return each;
  };
  const series = (each: { sample: Writable }) => (): Demand[] =>
    each.sample.exact || each.sample.still ? [] : [want(each, 'series')];

  it('is that nothing was touched since, for a history, and not for ever', async () => {
    const each = big();
    for (const expected of [true, true, true, undefined]) {
      delete each.sample.still;
      const { rounds } = await serve([each], series(each));
      expect(each.sample.still).toBe(expected);
      expect(rounds).toEqual(expected ? [] : [[10]]);
    }
    // A new reading, and all begins anew.
    expect(each.entry.before).toEqual({ rss: 100 * MiB, shared: 0, faults: 100 });
  });

  it('is not, where there was a fault: pages were copied though no more are resident', async () => {
    const each = big();
    expect((await serve([each], series(each), { faults: 101 })).rounds).toEqual([[10]]);
    expect(each.sample.still).toBeUndefined();
  });

  it.each([
    ['memory was given back', { rss: 99 * MiB }],
    ['private pages took the place of shared ones', { shared: 4096 }],
    ['nothing is known of the time of the last reading', { before: undefined }],
  ])('is not, where %s', async (_, changed) => {
    const each = big();
    Object.assign(each.entry, changed);
    expect((await serve([each], series(each))).rounds).toEqual([[10]]);
  });

  it('is not for a decision, nor for who is small', async () => {
    const each = big();
    const decide = (): Demand[] => (each.sample.exact ? [] : [want(each, 'decide')]);
    expect((await serve([each], decide)).rounds).toEqual([[10]]);
    const small = big({ flags: 0 });
    expect((await serve([small], series(small))).rounds).toEqual([[10]]);
  });

  it('does not rest on a reading that came to nothing', async () => {
    const each = big();
    await serve([each], series(each), { outcome: 'late', faults: 200 });
    // Since the last reading there were faults, though none since the one that was late.
    expect(each.entry.before).toBeUndefined();
    delete each.sample.unread;
    expect((await serve([each], series(each))).rounds).toEqual([[10]]);
  });

  it('is VmSwap, where it is swap that matters: asked for a while, then the process is read', async () => {
    const tree = procTree();
    tree.add({ pid: 10 });
    tree.write('proc/10/status', 'Name:\tweb\nVmSwap:\t    2048 kB\n');
    const each = one({ pid: 10, swap: 100 * MiB });
    const seen: (number | undefined)[] = [];
    const ask = (): Demand[] => {
      seen.push(each.sample.swap);
      return each.sample.exact ? [] : [want(each, 'decide', 'memory')];
    };
    const { rounds } = await serve([each], ask, { root: tree.root });
    tree.dispose();
    expect(seen).toEqual([100 * MiB, 2 * MiB, 2 * MiB]);
    expect(rounds).toEqual([[10]]);
    expect(each.entry.swapAsked).toBeGreaterThan(1);
  });
});
