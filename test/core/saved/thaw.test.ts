import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance } from '../../../src/core/advance.ts';
import { emptyMemory, type Memory } from '../../../src/core/memory.ts';
import { freeze } from '../../../src/core/saved/freeze.ts';
import { thaw } from '../../../src/core/saved/thaw.ts';
import type { SavedMemory, SavedTarget } from '../../../src/core/saved/types.ts';
import type { AlertEvent, Condition, HistoryWant, Rule, SeriesWant, Snapshot } from '../../../src/core/types.ts';
import { MiB, pssAbove, rule, sample, snapshot } from '../world.ts';

/** Holds when the floor of the last points rose: what a condition says depends on its series alone. */
function risen(keep?: { samples: number }): Condition {
  const want: SeriesWant = { window: 60_000, value: (target) => target.known('pss'), ...(keep && { keep }) };
  return {
    wants: [want],
    test: (target) => {
      const series = target.series(want);
      if (series.length < 3) return undefined;
      const { length } = series;
      const [first, last] = [series.value(0), series.value(length - 1)];
      return { met: last > first, value: last, limit: first, unit: 'bytes', because: () => `${length} points` };
    },
  };
}

/** The same of a long history, with a note that outlives what it was reckoned from. */
function kept(): Condition {
  const want: HistoryWant = {
    window: Number.POSITIVE_INFINITY,
    value: (target) => target.known('pss'),
    keep: {
      levels: 10_000,
      beside: (_, seen) => Object.assign(seen, { own: 1, resident: Number.NaN, crew: 2, cpu: 3, cpuAt: 4 }),
    },
  };
  return {
    wants: [want],
    test: (target) => {
      const history = target.history(want);
      if (history.levels.newest < 0) return undefined;
      const most = Math.max((history.note as number | undefined) ?? 0, history.levels.latest);
      history.note = most;
      const { latest } = history.levels;
      return {
        met: latest >= most && most > 3 * MiB,
        value: latest,
        limit: most,
        unit: 'bytes',
        because: () => 'kept',
      };
    },
  };
}

const CONDITIONS = [pssAbove(4 * MiB), risen(), risen({ samples: 4 }), kept()];
const ms = fc.integer({ min: 0, max: 8 }).map((steps) => steps * 5000);
const rules: fc.Arbitrary<Rule[]> = fc
  .array(
    fc.record({
      when: fc.constantFrom(...CONDITIONS),
      by: fc.constantFrom<Rule['by'][]>('name', 'process', 'unit', 'host'),
      for: ms,
      keep: ms,
      repeat: ms,
      noData: fc.constantFrom<Rule['noData'][]>('keep', 'clear', 'fire'),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((list) => list.map((more, index) => rule({ name: `rule ${index}`, key: `key ${index}`, ...more })));

/** What three services hold at each moment: nothing is known of it, they are away, or another process has their place. */
const life = fc.record({
  pss: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
  there: fc.boolean().map((one) => one),
  reborn: fc.nat(9).map((dice) => dice === 0),
});
const moments = fc.array(fc.tuple(life, life, life, fc.constantFrom(5, 5, 5, 7, 12, 40, 300)), {
  minLength: 2,
  maxLength: 40,
});

function story(list: readonly (readonly unknown[])[]): Snapshot[] {
  let seconds = 1000;
  const starts = [10, 20, 30];
  return list.map((moment) => {
    const [gap, ...lives] = [...moment].reverse() as [number, ...{ pss?: number; there: boolean; reborn: boolean }[]];
    seconds += gap;
    const processes = lives.flatMap(({ pss, there, reborn }, index) => {
      if (reborn) starts[index] = seconds;
      const start = starts[index] ?? 0;
      const who = {
        pid: 100 + index,
        start,
        startedAt: start * 1000,
        name: `web${index}`,
        unit: `web${index % 2}.service`,
      };
      return there
        ? [sample({ ...who, ...(pss !== undefined && { pss: pss * MiB }), rss: 8 * MiB }, seconds * 1000)]
        : [];
    });
    return snapshot(seconds, processes);
  });
}

/** What a store does to it: alerts are JSON, histories are cloned. */
function throughStore(saved: SavedMemory): SavedMemory {
  const { clock, alerts, targets, services } = saved;
  return {
    ...JSON.parse(JSON.stringify({ clock, alerts, services })),
    targets: structuredClone([...targets]).sort(byPlace),
  };
}

function byPlace(one: SavedTarget, other: SavedTarget): number {
  return `${one.rule} ${one.target}` < `${other.rule} ${other.target}` ? -1 : 1;
}

/** Within a snapshot in the order of their ids: which target comes first is not promised. */
function judge(memory: Memory, list: readonly Rule[], snapshots: readonly Snapshot[]): AlertEvent[] {
  return snapshots.flatMap((one) => advance(memory, list, one).sort((a, b) => (a.id < b.id ? -1 : 1)));
}

describe('a memory that was written down and read back', () => {
  it('tells the same as one that never was, wherever it was stopped', () => {
    let told = 0;
    fc.assert(
      fc.property(rules, moments, fc.nat(39), (list, lived, stop) => {
        const snapshots = story(lived);
        const straight = emptyMemory();
        judge(straight, list, snapshots.slice(0, stop));
        const stopped = emptyMemory();
        judge(stopped, list, snapshots.slice(0, stop));
        const again = thaw(throughStore(freeze(stopped)), [...list]);
        const expected = judge(straight, list, snapshots.slice(stop));
        told += expected.length;
        expect(judge(again, list, snapshots.slice(stop))).toEqual(expected);
      }),
      { numRuns: 400 },
    );
    expect(told).toBeGreaterThan(400);
  });

  it('is the same again when it is written down at once', () => {
    fc.assert(
      fc.property(rules, moments, (list, lived) => {
        const memory = emptyMemory();
        judge(memory, list, story(lived));
        const saved = throughStore(freeze(memory));
        const again = throughStore(freeze(thaw(saved, list)));
        const sorted = ({ alerts }: SavedMemory): unknown[] => alerts.map((one) => JSON.stringify(one)).sort();
        expect(sorted(again)).toEqual(sorted(saved));
        expect({ ...again, alerts: [] }).toEqual({ ...saved, alerts: [] });
      }),
      { numRuns: 100 },
    );
  });
});

describe('what changed while nobody looked', () => {
  const firing = rule({ name: 'budget', key: 'budget-1', by: 'process', for: 30_000 });
  const big = sample({ pid: 7, pss: 200 * MiB, startedAt: 50_000 });
  const until = (seconds: number, list = [firing]): SavedMemory => {
    const memory = emptyMemory();
    for (let at = 100; at <= seconds; at += 5) advance(memory, list, snapshot(at, [big]));
    return throughStore(freeze(memory));
  };
  const brief = (events: readonly AlertEvent[]) =>
    events.map(({ kind, reason }) => (reason ? `${kind} ${reason}` : kind));

  it('lets a `for` that was running go on over a short stop, and only counts what was seen over a long one', () => {
    const short = thaw(until(120), [firing]);
    expect(brief(judge(short, [firing], [snapshot(129, [big]), snapshot(130, [big])]))).toEqual(['fired']);
    const long = thaw(until(120), [firing]);
    const later = [720, 724, 725, 730, 735].map((at) => snapshot(at, [big]));
    expect(later.map((one) => brief(advance(long, [firing], one)))).toEqual([[], [], ['fired'], [], []]);
  });

  it('ends the alert of a process that is gone, after the time that a successor gets, with the same id', () => {
    const memory = emptyMemory();
    const [, fired] = [100, 130].flatMap((at) => judge(memory, [firing], [snapshot(at, [big])]));
    const again = thaw(throughStore(freeze(memory)), [firing]);
    const events = judge(again, [firing], [snapshot(140, []), snapshot(145, []), snapshot(150, [])]);
    expect(brief(events)).toEqual(['resolved exited']);
    expect(events[0]).toMatchObject({
      alert: fired?.alert,
      target: fired?.target,
      value: 200 * MiB,
      because: fired?.because,
    });
  });

  it('ends the alerts of a rule that is gone, by those of its actions that are still there', () => {
    const action = { timeout: 1, run: async () => '' };
    const step = { name: 'ops', action, countedAs: 'ops', on: ['fired', 'resolved'] as const, after: 0 };
    const before = { ...firing, steps: [step, { ...step, name: 'lost' }] };
    const other = rule({ name: 'other', key: 'other-1', when: pssAbove(900 * MiB), steps: [step] });
    const again = thaw(until(130, [before]), [other]);
    const events = judge(again, [other], [snapshot(135, [big])]);
    expect(brief(events)).toEqual(['resolved rule removed']);
    expect(again.replaced.find(({ name }) => name === 'budget')?.steps).toEqual([step]);
  });

  it('ends the alerts of a rule that was changed, by the actions it had and not by those it has now', () => {
    const action = { timeout: 1, run: async () => '' };
    const [ops, boss] = ['ops', 'boss'].map((name) => ({
      name,
      action,
      countedAs: name,
      on: ['resolved'] as const,
      after: 0,
    }));
    if (ops === undefined || boss === undefined) throw new Error('no steps');
    const after = { ...firing, key: 'budget-2', when: pssAbove(900 * MiB), steps: [ops, boss] };
    const again = thaw(until(130, [{ ...firing, steps: [ops] }]), [after]);
    const events = judge(again, [after], [snapshot(135, [big])]);
    expect(brief(events)).toEqual(['resolved rule changed']);
    expect(again.replaced.find(({ name }) => name === 'budget')?.steps).toEqual([ops]);
  });

  it('ends everything of another boot: restarted where the host or the service is there again', () => {
    const host = rule({ name: 'host', key: 'host-1', by: 'host', when: { ...pssAbove(MiB), wholeSelection: true } });
    const named = rule({ name: 'named', key: 'named-1', by: 'name' });
    const alone = sample({ pid: 8, pss: 200 * MiB, name: 'alone' });
    const memory = emptyMemory();
    const list = [host, named];
    const fired = judge(memory, list, [snapshot(100, [big, alone])]);
    const again = thaw(throughStore(freeze(memory)), list);
    const next = sample({ pid: 9, pss: MiB / 2, startedAt: 3000 });
    const events = judge(again, list, [snapshot(5, [next], { boot: 'boot-2', host: 'renamed' })]);
    const ends = events.map(({ rule: of, target, reason }) => `${of} ${target.name} ${reason}`);
    expect(ends.sort()).toEqual(['host * restarted', 'named alone exited', 'named web restarted']);
    expect(events.map(({ alert }) => alert)).toEqual(fired.map(({ alert }) => alert));
  });

  it('does not mind a clock that was changed', () => {
    const again = thaw(until(150), [firing]);
    expect(judge(again, [firing], [snapshot(155, [big], { time: 5 }), snapshot(160, [big], { time: 9e12 })])).toEqual(
      [],
    );
  });
});
