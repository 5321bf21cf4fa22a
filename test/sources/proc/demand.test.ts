import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { threshold } from '../../../src/conditions/threshold/threshold.ts';
import { demand } from '../../../src/core/demand.ts';
import { emptyMemory } from '../../../src/core/memory.ts';
import type { Demand, Measure, ProcessSample, Snapshot, Urgency } from '../../../src/core/types.ts';
import type { ProcOptions } from '../../../src/sources/proc/options.ts';
import type { ProcSource } from '../../../src/sources/proc/source.ts';
import { rule } from '../../core/world.ts';
import { type ProcTree, procTree, rollupText, type TreeProcess } from '../proc-tree.ts';
import { start } from './start.ts';

const KIB = 1024;
const UNLIMITED = { process: Number.POSITIVE_INFINITY, host: Number.POSITIVE_INFINITY };
const open: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

function plant(): ProcTree {
  const tree = procTree();
  open.push(() => tree.dispose());
  return tree;
}

/** A source whose time stands still unless it is moved, and who asks of whom. */
interface Led {
  readonly source: ProcSource;
  /** Every draft as it was when it was asked about. */
  readonly drafts: ProcessSample[][];
  readonly lines: string[];
  /** Lets so many ms pass, and takes a snapshot. */
  take(passed?: number): Promise<Snapshot>;
}

type Ask = (draft: Snapshot, round: number) => readonly Demand[];

function lead(tree: ProcTree, ask: Ask, more: Partial<ProcOptions> = {}): Led {
  const drafts: ProcessSample[][] = [];
  const lines: string[] = [];
  let uptime = 5_000_000;
  let round = 0;
  const { source } = start(tree, {
    patience: Number.POSITIVE_INFINITY,
    budget: UNLIMITED,
    clock: { time: () => 1_790_000_000_000 + uptime, uptime: () => uptime },
    trace: (line) => lines.push(line),
    demand(draft) {
      drafts.push(draft.processes.map((sample) => ({ ...sample })));
      round += 1;
      return ask(draft, round - 1);
    },
    ...more,
  });
  open.push(() => source.close());
  const take = (passed = 5_000): Promise<Snapshot> => {
    uptime += passed;
    round = 0;
    return source.snapshot();
  };
  return { source, drafts, lines, take };
}

function of(snapshot: Snapshot, pid: number): ProcessSample | undefined {
  return snapshot.processes.find(({ process }) => process.pid === pid);
}

/** Asks for these once, in the first round. */
function once(pids: readonly number[], urgency: Urgency = 'decide', measure?: Measure): Ask {
  return (draft, round) =>
    round > 0
      ? []
      : pids.flatMap((pid): Demand[] => {
          const sample = of(draft, pid);
          return sample ? [{ sample, urgency, why: () => 'test', ...(measure && { measure }) }] : [];
        });
}

describe('a draft', () => {
  test('holds the bounds of everybody, and only who is asked for is read', async () => {
    const tree = plant();
    tree.host({ swapTotal: 1000, swapFree: 600 });
    for (const pid of [10, 11]) tree.add({ pid, rss: 9000, pss: 5000, uss: 4000 });
    const { take, drafts, lines } = lead(tree, once([11]));
    const snapshot = await take();
    const draft = { rss: 9000 * KIB, shared: 400 * KIB, swap: 400 * KIB };
    expect(drafts[0]).toMatchObject([draft, draft]);
    expect(drafts[0]?.every(({ exact, last }) => exact === undefined && last === undefined)).toBe(true);
    expect(drafts[1]?.map(({ exact }) => exact?.pss)).toEqual([undefined, 5000 * KIB]);
    expect(of(snapshot, 10)).not.toHaveProperty('unread');
    expect(of(snapshot, 11)).toMatchObject({ exact: { pss: 5000 * KIB, at: 5_005_000 }, last: { pss: 5000 * KIB } });
    expect(snapshot.cost.exact).toBe(1);
    expect(lines).toEqual(['read 11 (program) to decide: test']);
    // The next one has the reading as its last.
    await take();
    expect(drafts[2]?.map(({ exact, last }) => [exact, last?.at])).toEqual([
      [undefined, undefined],
      [undefined, 5_005_000],
    ]);
  });

  test('has no more shared memory than there is', async () => {
    const tree = plant();
    tree.add({ pid: 10, rss: 200 });
    const { take } = lead(tree, () => []);
    expect(of(await take(), 10)).toMatchObject({ rss: 200 * KIB, shared: 200 * KIB });
  });

  test('stays as it was where the process has grown since, or begun another program', async () => {
    const tree = plant();
    tree.add({ pid: 10, rss: 1000 });
    const { take } = lead(tree, (draft, round) => {
      if (round === 0) tree.write('proc/10/smaps_rollup', rollupText({ rss: 50_000, pss: 40_000 }));
      return once([10])(draft, round);
    });
    const grown = of(await take(), 10);
    expect(grown).toMatchObject({ rss: 1000 * KIB, exact: { rss: 50_000 * KIB, pss: 40_000 * KIB } });
  });

  test('says what is in swap where that is asked for, and for a while then', async () => {
    const tree = plant();
    tree.host({ swapTotal: 1000, swapFree: 0 });
    tree.add({ pid: 10 });
    tree.write('proc/10/status', 'Uid:\t0\t0\t0\t0\nVmSwap:\t      30 kB\n');
    const { take, drafts } = lead(tree, once([10], 'decide', 'memory'));
    const taken = await take();
    expect(drafts.map(([sample]) => sample?.swap)).toEqual([1000 * KIB, 30 * KIB]);
    expect(of(taken, 10)?.exact).toBeUndefined();
    tree.write('proc/10/status', 'Uid:\t0\t0\t0\t0\nVmSwap:\t      40 kB\n');
    await take();
    expect(drafts[2]?.[0]?.swap).toBe(40 * KIB);
  });
});

describe('who may not be read', () => {
  test('is asked again after minutes, and known as denied until then', async () => {
    const tree = plant();
    tree.add({ pid: 10, rollup: 'unreadable', start: 1000 });
    const { take, drafts, lines } = lead(tree, (draft) =>
      draft.processes
        .filter(({ exact, unread }) => !exact && !unread)
        .map((sample) => ({ sample, urgency: 'decide', why: () => 'test' })),
    );
    expect(of(await take(), 10)?.unread).toBe('denied');
    for (let i = 0; i < 5; i++) expect(of(await take(), 10)?.unread).toBe('denied');
    expect(lines).toHaveLength(1);
    expect(drafts.at(-1)?.[0]?.unread).toBe('denied');
    // What is known of it all the same is looked at anew.
    tree.host({ swapTotal: 1000, swapFree: 0 });
    tree.write('proc/10/status', 'Uid:\t0\t0\t0\t0\nVmSwap:\t      30 kB\n');
    expect(of(await take(), 10)).toMatchObject({ unread: 'denied', swap: 30 * KIB });
    // It may be another program by now, or another user's.
    await take(600_000);
    expect(lines).toHaveLength(2);
  });

  test('is not read where there is no budget, unless something is done to it', async () => {
    const tree = plant();
    for (const pid of [10, 11, 12]) tree.add({ pid });
    const ask: Ask = (draft, round) => [
      ...once([10], 'decide')(draft, round),
      ...once([11], 'act')(draft, round),
      ...once([12], 'show')(draft, round),
    ];
    const { take } = lead(tree, ask, { budget: { process: 0, host: 0 } });
    const snapshot = await take();
    expect(snapshot.processes.map(({ exact, unread }) => [exact?.pss, unread])).toEqual([
      [undefined, 'postponed'],
      [500 * KIB, undefined],
      [undefined, undefined],
    ]);
  });

  test('ended meanwhile: nobody counts it', async () => {
    const tree = plant();
    for (const pid of [10, 11]) tree.add({ pid });
    const { take } = lead(tree, (draft, round) => {
      if (round === 0) tree.remove(10);
      return once([10, 11])(draft, round);
    });
    const snapshot = await take();
    expect(snapshot.processes.map(({ process }) => process.pid)).toEqual([11]);
    expect(snapshot.gone).toBe(1);
  });
});

test('a command line that comes late is no reading of 0 bytes', async () => {
  const tree = plant();
  for (let pid = 10; pid < 60; pid++)
    tree.add({ pid, comm: 'a-name-of-15-by', cmdline: ['a-name-of-15-bytes-and-more'] });
  const { source } = start(tree, { patience: 0 });
  open.push(() => source.close());
  const figures = new Set<number | undefined>();
  for (let i = 0; i < 8; i++) {
    for (const { exact } of (await source.snapshot()).processes) figures.add(exact?.pss);
    await sleep(50);
  }
  expect(figures).toContain(500 * KIB);
  expect(figures).not.toContain(0);
});

test('a reading between two snapshots is the last one by the next', async () => {
  const tree = plant();
  tree.add({ pid: 10, start: 1000, pss: 300 });
  const { take, source, drafts } = lead(tree, () => []);
  await take();
  expect(await source.reread(10, 1000)).toMatchObject({ pss: 300 * KIB });
  await take();
  expect(drafts.at(-1)?.[0]).toMatchObject({ last: { pss: 300 * KIB } });
  expect(drafts.at(-1)?.[0]?.exact).toBeUndefined();
});

test('everything is read at every snapshot where nobody says what is needed', async () => {
  const tree = plant();
  for (const pid of [10, 11, 12]) tree.add({ pid });
  const { source } = start(tree, { patience: Number.POSITIVE_INFINITY });
  open.push(() => source.close());
  for (let i = 0; i < 3; i++) {
    const { processes, cost } = await source.snapshot();
    expect(processes.every(({ exact }) => exact !== undefined)).toBe(true);
    expect(cost.exact).toBe(3);
  }
});

describe('what all hold together', () => {
  async function heldWith(more: Partial<TreeProcess>): Promise<NonNullable<Snapshot['memory']['held']>> {
    const tree = plant();
    tree.host({ anon: 4_000_000, mapped: 1_000_000 });
    tree.add({ pid: 10 });
    tree.add({ ...more, pid: 20 });
    const { take } = lead(tree, () => [], { whole: true });
    const { held } = (await take()).memory;
    expect(held?.anon.high).toBeGreaterThan(4_000_000 * KIB);
    return held as NonNullable<typeof held>;
  }

  test('is at least what the kernel counts, less what its counters may be off', async () => {
    const { anon, mapped } = await heldWith({ state: 'Z', vsize: 0 });
    expect(anon.low).toBeGreaterThan(3_900_000 * KIB);
    expect(mapped.low).toBeGreaterThan(900_000 * KIB);
  });

  test('is not known where the host does not tell, and what it said before has to do for the rest', async () => {
    const tree = plant();
    tree.host({ total: 8_000_000, anon: 4_000_000 });
    tree.add({ pid: 10 });
    const { take } = lead(tree, () => [], { whole: true });
    expect((await take()).memory).toMatchObject({ total: 8_000_000 * KIB, held: {} });
    tree.write('proc/meminfo', '');
    const { held, ...rest } = (await take()).memory;
    expect(held).toBeUndefined();
    expect(rest).toMatchObject({ total: 8_000_000 * KIB, anon: 4_000_000 * KIB });
    tree.host({ total: 8_000_000, anon: 0, mapped: 0 });
    expect((await take()).memory).not.toHaveProperty('held');
  });

  test('is nothing for certain as long as somebody may hold memory unseen: one that is giving it back', async () => {
    const { anon, mapped } = await heldWith({ state: 'R', vsize: 0 });
    expect([anon.low, mapped.low]).toEqual([0, 0]);
  });
});

test('in a container what is covered rests on readings, and is not read anew at every snapshot', async () => {
  const tree = plant();
  mkdirSync(join(tree.root, 'self/ns'), { recursive: true });
  symlinkSync('pid:[4026532999]', join(tree.root, 'self/ns/pid'));
  tree.write('cgroup/memory.stat', `anon ${900 * KIB}\nfile_mapped ${100 * KIB}\n`);
  for (const pid of [10, 11]) tree.add({ pid, rss: 2000, pss: 500, uss: 450 });
  const of70 = [rule({ by: 'host', when: threshold('below', { coverage: '70%' }) })];
  const memory = emptyMemory();
  const { take, lines, drafts } = lead(tree, (draft) => demand(memory, of70, draft), { whole: true });
  const reads: number[] = [];
  for (let i = 0; i < 70; i++) {
    await take();
    reads.push(lines.length);
  }
  // Both are read at first; then each of them every five minutes, as 70 % is more than one of them has.
  expect(drafts[0]?.length).toBe(2);
  expect(reads[0]).toBe(2);
  expect(reads[58]).toBe(2);
  expect(reads[69]).toBe(4);
});
