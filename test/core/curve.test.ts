import { describe, expect, it } from 'vitest';
import growth from '../../src/conditions/growth.ts';
import leak from '../../src/conditions/leak.ts';
import { advance } from '../../src/core/advance.ts';
import { sparkline, valuesOf } from '../../src/core/curve.ts';
import { emptyMemory } from '../../src/core/memory.ts';
import type { AlertEvent, Condition, ConditionContext, Rule } from '../../src/core/types.ts';
import { MiB, pssAbove, rule, sample, snapshot } from './world.ts';

const context: ConditionContext = {
  interval: 10_000,
  warn: () => undefined,
  condition: () => Promise.reject(new Error('none')),
};

/** Judges a process whose PSS is said for each moment, `step` seconds apart. */
function live(of: Rule, step: number, held: readonly number[]): AlertEvent[] {
  const memory = emptyMemory();
  const rules = [of];
  return held.flatMap((pss, index) => {
    const at = 1_000 + index * step;
    return advance(memory, rules, snapshot(at, [sample({ pid: 7, name: 'web', pss }, at * 1_000)]));
  });
}

const line = (count: number, from: number, to: number): number[] =>
  Array.from({ length: count }, (_, index) => from + ((to - from) * index) / (count - 1));

describe('the curve of an event', () => {
  it('is the history that the condition keeps, at its times', async () => {
    const when = (await growth.create({ pss: '10MiB/h', over: '1h' } as never, context)) as Condition;
    const [fired] = live(rule({ when }), 60, line(80, 100 * MiB, 260 * MiB)).filter(({ kind }) => kind === 'fired');
    const { curve, time = 0 } = fired ?? {};
    expect(curve).toMatchObject({ of: 'pss', unit: 'bytes' });
    const values = valuesOf(curve ?? NONE);
    expect(values.length).toBeGreaterThan(20);
    expect(values.length).toBeLessThanOrEqual(64);
    const { from, every } = curve ?? NONE;
    const end = from + every * (values.length - 1);
    expect(Math.abs(end - time)).toBeLessThan(2_000);
    // 2 MiB and a bit a minute; a value is where its time is.
    for (const [index, value] of values.entries()) {
      if (Number.isNaN(value)) continue;
      const minutes = (from + index * every - 1_700_000_000_000 - 1_000_000) / 60_000;
      expect(Math.abs(value - (100 + (160 / 79) * minutes) * MiB)).toBeLessThan(4 * MiB);
    }
    expect(JSON.stringify(curve).length).toBeLessThan(500);
  });

  it('goes back to the beginning where a history is kept over weeks, and has two days at most', async () => {
    const when = (await leak.create({} as never, context)) as Condition;
    const always: Condition = {
      ...when,
      test: (target) => {
        when.test(target);
        return { met: true, value: 1, limit: 0, unit: 'bytes/s', because: () => 'so' };
      },
    };
    // A reading every two minutes over three days, then a reminder.
    const events = live(rule({ when: always, repeat: 3 * 86_400_000 - 120_000 }), 120, line(2160, 64 * MiB, 640 * MiB));
    const reminded = events.find(({ kind }) => kind === 'reminded');
    const { every = 0 } = reminded?.curve ?? {};
    const values = valuesOf(reminded?.curve ?? NONE);
    expect((every * (values.length - 1)) / 3_600_000).toBeGreaterThan(45);
    expect((every * (values.length - 1)) / 3_600_000).toBeLessThan(49);
    expect(values.at(-1)).toBeCloseTo(640 * MiB, -7);
    expect(values[0]).toBeGreaterThan(150 * MiB);
  });

  it('is how the value went since the alert was pending, where there is no history', () => {
    const events = live(rule({ for: 300_000 }), 10, [
      ...line(40, 110 * MiB, 150 * MiB),
      ...line(5, 90 * MiB, 80 * MiB),
    ]);
    const [pending, fired, resolved] = events;
    expect(events.map(({ kind }) => kind)).toEqual(['pending', 'fired', 'resolved']);
    expect(pending?.curve).toBeUndefined();
    expect(fired?.curve).toMatchObject({ unit: 'bytes', every: 10_000 });
    expect(fired?.curve?.of).toBeUndefined();
    const values = valuesOf(fired?.curve ?? NONE);
    expect(values).toHaveLength(31);
    expect(values[0]).toBeCloseTo(110 * MiB, -6);
    expect(valuesOf(resolved?.curve ?? NONE).at(-1)).toBeCloseTo(90 * MiB, -6);
  });

  it('is the history of the same processes in another rule, where its own rule keeps none', async () => {
    const when = (await growth.create({ pss: '10GiB/h', over: '1h' } as never, context)) as Condition;
    const big = rule({ name: 'big', when: pssAbove(250 * MiB) });
    // The one that keeps a history comes after it, and goes by processes.
    const rules = [big, rule({ name: 'grows', by: 'process', when })];
    const memory = emptyMemory();
    const held = line(60, 100 * MiB, 260 * MiB);
    const judged = (more: number): AlertEvent | undefined =>
      held
        .flatMap((pss, index) => {
          const at = 1_000 + index * 60;
          const others = Array.from({ length: more }, (_, other) => sample({ pid: 8 + other, name: 'web', pss: MiB }));
          return advance(memory, rules, snapshot(at, [sample({ pid: 7, name: 'web', pss }, at * 1_000), ...others]));
        })
        .find(({ kind }) => kind === 'fired');
    const alone = judged(0)?.curve ?? NONE;
    expect(alone).toMatchObject({ of: 'pss', unit: 'bytes' });
    expect((alone.every * (alone.values.length - 1)) / 60_000).toBeGreaterThan(45);
    expect(valuesOf(alone).at(-1)).toBeGreaterThan(240 * MiB);
    // With a second process it is another target: what is known of the first would be too little.
    Object.assign(memory, emptyMemory());
    expect(judged(1)?.curve).toBeUndefined();
  });

  it('is the history of the same processes in another rule when they are gone, too', async () => {
    const when = (await growth.create({ pss: '10GiB/h', over: '1h' } as never, context)) as Condition;
    const big = rule({ name: 'big', by: 'process', when: pssAbove(250 * MiB) });
    const rules = [big, rule({ name: 'grows', by: 'process', when })];
    const memory = emptyMemory();
    const told = line(60, 100 * MiB, 260 * MiB).flatMap((pss, index) => {
      const at = 1_000 + index * 60;
      return advance(memory, rules, snapshot(at, [sample({ pid: 7, pss }, at * 1_000)]));
    });
    expect(told.map(({ kind }) => kind)).toEqual(['fired']);
    // Another process of the same name and unit has come in its place.
    const later = sample({ pid: 8, pss: MiB, startedAt: 4_590_000 }, 4_600_000);
    const [ended] = advance(memory, rules, snapshot(4_600, [later]));
    expect(ended).toMatchObject({ kind: 'resolved', reason: 'restarted', curve: { of: 'pss' } });
  });

  it('stays within its bounds, however long the alert fires, and begins anew with the next', () => {
    const long = live(rule({ repeat: 3_600_000 }), 10, line(10_000, 110 * MiB, 1100 * MiB));
    const last = long.at(-1)?.curve ?? NONE;
    expect(last.values.length).toBeLessThanOrEqual(64);
    expect(last.every * (last.values.length - 1)).toBeGreaterThan(80_000_000);
    const again = live(rule({ for: 30_000 }), 10, [
      ...line(9, 500 * MiB, 600 * MiB),
      0,
      ...line(9, 200 * MiB, 220 * MiB),
    ]);
    const fired = again.filter(({ kind }) => kind === 'fired');
    expect(fired).toHaveLength(2);
    expect(Math.max(...valuesOf(fired[1]?.curve ?? NONE))).toBeLessThan(250 * MiB);
  });

  it('is left out where a bound decided, and where there is too little', () => {
    const rough: Condition = {
      wants: [],
      test: () => ({ met: true, value: 5, limit: 1, unit: 'bytes', rough: true, because: () => 'so' }),
    };
    expect(live(rule({ when: rough, for: 100_000 }), 10, line(20, 1, 2)).at(-1)?.curve).toBeUndefined();
    expect(live(rule(), 10, [200 * MiB])[0]?.curve).toBeUndefined();
  });
});

it('draws bars for people', () => {
  expect(sparkline([1, 2, Number.NaN, 4])).toBe('▁▃ █');
  expect(sparkline([])).toBe('');
});

const NONE = { unit: 'bytes', from: 0, every: 0, scale: 1, values: [] } as const;
