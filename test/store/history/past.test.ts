import { afterEach, describe, expect, it } from 'vitest';
import { growing } from '../../../src/conditions/growth/judge.ts';
import { readGrowth } from '../../../src/conditions/growth/options.ts';
import { leaking } from '../../../src/conditions/leak/judge.ts';
import { readLeak } from '../../../src/conditions/leak/options.ts';
import { regressing } from '../../../src/conditions/regression/judge.ts';
import { advance } from '../../../src/core/advance.ts';
import { emptyMemory, type Memory } from '../../../src/core/memory.ts';
import { recall, wantingPast } from '../../../src/core/recall/recall.ts';
import type { Target } from '../../../src/core/target.ts';
import { openTurn } from '../../../src/core/turn.ts';
import type { Condition, Rule, Snapshot } from '../../../src/core/types.ts';
import { openPast } from '../../../src/store/history/past.ts';
import { rule } from '../../core/world.ts';
import { type Actor, info, snapshotAt } from './host.ts';
import { type Written, writeHistory } from './store.ts';

const HOUR = 3_600_000;

let written: Written | undefined;

afterEach(() => {
  written?.dispose();
  written = undefined;
});

/** What a host was, at a pace. */
function* host(actors: readonly Actor[], { hours, every }: { hours: number; every: number }): Generator<Snapshot> {
  for (let at = HOUR; at <= HOUR * (1 + hours); at += every) yield snapshotAt(at, actors);
}

/** Has it written, and gives a memory its past. */
async function recalled(rules: readonly Rule[], snapshots: readonly Snapshot[], tidied = false): Promise<Memory> {
  written = await writeHistory();
  written.play(snapshots);
  written.keeper.flush();
  if (tidied) written.keeper.tidyAll();
  const memory = emptyMemory();
  const now = snapshots.at(-1);
  if (now === undefined) throw new Error('no snapshots');
  openTurn(memory, rules, now);
  const wanting = wantingPast(memory, () => true);
  const past = await openPast(written.folder, now.boot);
  if (wanting === undefined || past === undefined) throw new Error('nothing to recall');
  const work = recall(memory, wanting, { past, now });
  for (let step = work.next(); !step.done; step = work.next());
  past.close();
  return memory;
}

/** The same memory by having been there. */
function lived(rules: readonly Rule[], snapshots: readonly Snapshot[]): Memory {
  const memory = emptyMemory();
  for (const snapshot of snapshots) advance(memory, rules, snapshot);
  return memory;
}

function targetsOf(memory: Memory): Target[] {
  return [...memory.byRule.values()].flatMap(({ targets }) => [...targets.values()]);
}

const leak: Condition = leaking(readLeak({ over: '8h' }));
const growth: Condition = growing(readGrowth({ pss: '1MiB/h', over: '2h' }));

describe('a past out of the stored history', () => {
  it('makes the histories that a rule would have, had it been there', async () => {
    const actors: Actor[] = [
      { process: info(11, { name: 'api' }), pss: (at) => 200 + (4 * at) / HOUR },
      { process: info(12, { name: 'api' }), pss: (at) => 100 + Math.sin(at / 7e5) * 20, from: 3 * HOUR },
      { process: info(13, { name: 'other' }), pss: () => 50 },
    ];
    const snapshots = [...host(actors, { hours: 9, every: 60_000 })];
    for (const by of ['process', 'name'] as const) {
      const rules = [
        rule({ name: 'leak', of: { name: ['api'] }, by, when: leak }),
        rule({ name: 'growth', of: { name: ['api'] }, by, when: growth }),
      ];
      const [fed, there] = [await recalled(rules, snapshots), lived(rules, snapshots)].map(targetsOf);
      expect(fed?.map(({ key }) => key)).toEqual(there?.map(({ key }) => key));
      for (const [index, target] of (fed ?? []).entries()) {
        const one = target.histories?.save();
        const other = there?.[index]?.histories?.save();
        const kept = [...(one?.levels ?? []).flatMap((it) => it?.levels.rings.map(({ rows }) => rows.length) ?? [])];
        expect(kept.length === 0 || Math.max(...kept) > 64, 'there is something to compare').toBe(true);
        expect(rounded(one?.levels), `${by} levels`).toEqual(rounded(other?.levels));
        expect(rounded(one?.series), `${by} series`).toEqual(rounded(other?.series));
      }
      written?.dispose();
      written = undefined;
    }
  });

  it('tells of a leak at the first snapshot, from points that were put together long ago', async () => {
    const actors: Actor[] = [
      { process: info(11, { name: 'api' }), pss: (at) => 200 + (6 * at) / HOUR + (at % (HOUR / 2) < 60_000 ? 90 : 0) },
      { process: info(12, { name: 'cache' }), pss: (at) => 300 + (at % (HOUR / 2)) / 60_000 },
    ];
    const snapshots = [...host(actors, { hours: 60, every: 120_000 })];
    const rules = [rule({ name: 'leak', by: 'process', when: leaking(readLeak({})) })];
    const memory = await recalled(rules, snapshots, true);
    const now = snapshotAt(61 * HOUR + 120_000, actors);
    const events = advance(memory, rules, now);
    expect(events.map(({ kind, target }) => `${kind} ${target.name}`)).toEqual(['fired api[11]']);
    const [first] = targetsOf(memory);
    expect(first?.histories?.oldest).toBeLessThan(2 * HOUR);
  });

  it('keeps what came back and what did not apart: a process that stands still is not forgotten, one that ended counts as long as it was there', async () => {
    const actors: Actor[] = [
      { process: info(11, { name: 'api' }), pss: (at) => (at % (3 * 60_000) === 0 ? 300 : undefined) },
      { process: info(12, { name: 'api' }), pss: () => 100, to: 5 * HOUR },
    ];
    const snapshots = [...host(actors, { hours: 9, every: 60_000 })];
    const rules = [rule({ name: 'leak', of: { name: ['api'] }, by: 'name', when: leak })];
    const [target] = targetsOf(await recalled(rules, snapshots));
    const [history] = target?.histories?.save().levels ?? [];
    const rows = history?.levels.rings[2]?.rows ?? new Float32Array(0);
    const floors = Array.from({ length: rows.length / 7 }, (_, bucket) =>
      Math.round((rows[bucket * 7] ?? 0) / 2 ** 20),
    );
    const seen = Array.from({ length: rows.length / 7 }, (_, bucket) => rows[bucket * 7 + 6] ?? 0);
    // File pages do not count: of both processes 80 % are none.
    expect(floors[1]).toBe(320);
    expect(floors.at(-2)).toBe(240);
    expect(Math.min(...seen.slice(1, -1))).toBeGreaterThan(0.9);
  });

  it('is left out where nobody can say who belonged to it', async () => {
    const actors: Actor[] = [
      { process: info(11, { name: 'api', cmdline: 'api --shard 1' }), pss: (at) => 200 + at / HOUR },
      { process: info(12, { name: 'api', cmdline: 'api --shard 2' }), pss: () => 100, to: 2 * HOUR },
    ];
    const snapshots = [...host(actors, { hours: 4, every: 60_000 })];
    const of = { name: ['api'], cmdline: ['shard'] };
    const past = async (by: 'name' | 'process'): Promise<Target[]> => {
      const memory = await recalled([rule({ name: by, of, by, when: leak })], snapshots);
      written?.dispose();
      written = undefined;
      return targetsOf(memory).filter(({ histories }) => histories?.recalled !== undefined);
    };
    expect(await past('name')).toEqual([]);
    expect((await past('process')).map(({ name }) => name)).toEqual(['api[11]']);
  });

  it('gives the lives of a service, and what runs of its builds held', async () => {
    const life = (number: number): Actor => ({
      process: info(20 + number, {
        name: 'job',
        unit: 'job.service',
        startedAt: number * 4 * HOUR,
        start: (number * 4 * HOUR) / 10,
        build: number < 4 ? 'old' : 'new',
      }),
      pss: (at) => 100 + (20 * (at - number * 4 * HOUR)) / HOUR,
      from: number * 4 * HOUR,
      to: (number + 1) * 4 * HOUR - 60_000,
    });
    const snapshots = [...host([0, 1, 2, 3, 4].map(life), { hours: 18, every: 60_000 })];
    const rules = [
      rule({ name: 'leak', by: 'unit', when: leak }),
      rule({
        name: 'worse',
        by: 'process',
        when: regressing({ suspected: false, more: 0, build: (process) => process.build }),
      }),
    ];
    const memory = await recalled(rules, snapshots);
    const there = lived(rules, snapshots);
    const lives = (of: Memory): number | undefined => targetsOf(of)[0]?.histories?.save().levels[0]?.lives.length;
    expect(lives(memory)).toBe(4);
    expect(lives(there)).toBe(4);
    expect([...memory.standing.services.values()]).toEqual([...there.standing.services.values()]);
    expect([...memory.standing.services.values()][0]?.[0]?.runs).toHaveLength(4);
  });
});

/** Times are stored in tenths of a second, CPU time in hundredths. */
function rounded(data: unknown): unknown {
  return JSON.parse(
    JSON.stringify(data, (key, value) => {
      if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, (one) => Number(one.toPrecision(3)));
      if (key === 'note') return undefined;
      return typeof value === 'number' ? Number(value.toPrecision(3)) : value;
    }),
  );
}
