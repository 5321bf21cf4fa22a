import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../../src/core/compare/compare.ts';
import type { NamedRun } from '../../../src/core/compare/runs.ts';
import { intervalOf } from '../../../src/core/trend/difference.ts';
import { studentCdf, studentQuantile } from '../../../src/core/trend/student.ts';

const MiB = 2 ** 20;
const OPTIONS = { allowed: { ratio: 0.05 }, least: MiB };

/** A run that holds a level from beginning to end, at ages of 0 to `until` seconds. */
function run(level: number, { name = 'server', until = 60, from = 0 } = {}): NamedRun {
  const ages = Array.from({ length: until - from + 1 }, (_, second) => (from + second) * 1000);
  return { name, ages, values: ages.map(() => level) };
}

const lot = (levels: readonly number[]): NamedRun[] => levels.map((level) => run(level * MiB));

describe('a comparison of runs', () => {
  it('finds that one holds surely more, and says how much', () => {
    const { both, onlyA, onlyB } = compareRuns(lot([100, 101, 99]), lot([120, 121, 119]), OPTIONS);
    const [one] = both;
    expect(one?.verdict).toBe('regression');
    expect(one?.found).toMatchObject({ age: 60_000, a: { runs: 3 }, b: { runs: 3 } });
    expect(one?.found?.more).toBeCloseTo(0.2, 2);
    expect(one?.found?.low).toBeGreaterThan(0.1);
    expect(one?.found?.high).toBeLessThan(0.3);
    expect([onlyA, onlyB]).toEqual([[], []]);
  });

  it('tells no regression from what can not be told', () => {
    expect(compareRuns(lot([100, 101, 99]), lot([80, 81, 79]), OPTIONS).both[0]?.verdict).toBe('none');
    expect(compareRuns(lot([100]), lot([105]), OPTIONS).both[0]?.verdict).toBe('unclear');
    expect(compareRuns(lot([60, 140]), lot([100, 150]), OPTIONS).both[0]?.verdict).toBe('unclear');
  });

  it('takes an allowance in bytes', () => {
    const of = (bytes: number) =>
      compareRuns(lot([100, 101, 99]), lot([120, 121, 119]), { ...OPTIONS, allowed: { bytes } }).both[0]?.verdict;
    expect(of(5 * MiB)).toBe('regression');
    expect(of(20 * MiB)).toBe('unclear');
    expect(of(50 * MiB)).toBe('none');
  });

  it('compares at the greatest age that nearly all reached, or at the one that was asked for', () => {
    const a = [run(MiB * 100, { until: 60 }), run(MiB * 100, { until: 58 }), run(MiB * 100, { until: 5 })];
    const b = [run(MiB * 100, { until: 61 }), run(MiB * 100, { until: 59 }), run(MiB * 100, { until: 300 })];
    expect(compareRuns(a, b, OPTIONS).both[0]?.found).toMatchObject({ age: 58_000, a: { runs: 2 }, b: { runs: 3 } });
    expect(compareRuns(a, b, { ...OPTIONS, at: 4_000 }).both[0]?.found).toMatchObject({ age: 4_000, a: { runs: 3 } });
  });

  it('does not compare what was never seen at the same age', () => {
    const { both } = compareRuns([run(MiB * 50, { from: 1000, until: 1100 })], [run(MiB * 90)], OPTIONS);
    expect(both).toMatchObject([{ verdict: 'apart' }]);
    expect(both[0]).not.toHaveProperty('found');
  });

  it('judges nothing that is small, and names what is on one side only', () => {
    const a = [run(1000, { name: 'small' }), run(MiB * 9, { name: 'gone' })];
    const b = [run(9000, { name: 'small' }), run(MiB * 9, { name: 'new' })];
    expect(compareRuns(a, b, OPTIONS)).toMatchObject({
      both: [{ name: 'small', verdict: 'small' }],
      onlyA: ['gone'],
      onlyB: ['new'],
    });
  });

  it('must be surer of each where many names are compared, and puts the worst first', () => {
    const named = (name: string, levels: readonly number[]) => levels.map((level) => run(level * MiB, { name }));
    const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
    const a = names.flatMap((name) => named(name, [100, 101, 99]));
    const b = names.flatMap((name) => named(name, name === 'n7' ? [160, 161, 159] : [117, 118, 116]));
    const { both, confidence } = compareRuns(a, b, OPTIONS);
    expect(confidence).toBeCloseTo(1 - 0.05 / 40);
    expect(both[0]).toMatchObject({ name: 'n7', verdict: 'regression' });
    expect(both.slice(1).every(({ verdict }) => verdict === 'unclear')).toBe(true);
    expect(compareRuns(named('n1', [100, 101, 99]), named('n1', [117, 118, 116]), OPTIONS).both[0]?.verdict).toBe(
      'regression',
    );
  });
});

/** Seeded: the same figures at every run (mulberry32, Box and Muller). */
function noise(seed: number): () => number {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** Share of comparisons that find a regression, where B holds `more` more and runs differ by 5 %. */
function found(runs: number, more: number, trials = 2000): number {
  const normal = noise(20260101 + runs);
  const lotOf = (factor: number) =>
    Array.from({ length: runs }, (): NamedRun => {
      const level = 100 * MiB * factor * Math.exp(0.05 * normal());
      return { name: 'server', ages: [0, 50_000, 60_000], values: [level, level, level] };
    });
  let count = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    if (compareRuns(lotOf(1), lotOf(1 + more), OPTIONS).both[0]?.verdict === 'regression') count += 1;
  }
  return count / trials;
}

describe('how often it errs, with runs that differ by 5 %', () => {
  it.each([1, 2, 3, 5, 8])('raises no false alarm, comparing %i runs with as many of the same', (runs) => {
    expect(found(runs, 0)).toBeLessThanOrEqual(0.01);
  });

  it('finds 20 % more the more surely, the more runs there are', () => {
    const [two = 0, three = 0, five = 0, eight = 0] = [2, 3, 5, 8].map((runs) => found(runs, 0.2));
    expect(two).toBeGreaterThan(0.5);
    expect(three).toBeGreaterThan(0.75);
    expect(five).toBeGreaterThan(0.95);
    expect(eight).toBeGreaterThan(0.99);
  });

  it('has a quantile that is the inverse of its distribution', () => {
    for (const freedom of [1, 4, 8.5, 40]) {
      for (const p of [0.0005, 0.025, 0.5, 0.9, 0.9995]) {
        expect(studentCdf(studentQuantile(p, freedom), freedom)).toBeCloseTo(p, 7);
      }
    }
    expect(studentQuantile(0.975, 10)).toBeCloseTo(2.2281, 4);
    const { low, high } = intervalOf({ difference: 1, error: 0.5, freedom: 10 }, 0.95);
    expect([low, high].map((end) => Number(end.toFixed(3)))).toEqual([-0.114, 2.114]);
  });
});
