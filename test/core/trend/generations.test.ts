import { describe, expect, it } from 'vitest';
import { AGES, compareBuilds, compareFigures, type Run } from '../../../src/core/trend/generations.ts';
import { FINEST, Levels } from '../../../src/core/trend/levels.ts';
import { runOf } from '../../../src/core/trend/run-record.ts';
import { studentCdf } from '../../../src/core/trend/student.ts';
import { regressionRates } from '../../bench/detection/regression.mjs';

const HOUR = 3_600_000;

/** A run that reached an age, holding the same all the time. */
const run = (bytes: number, hours = 24): Run => ({ held: AGES.map((age) => (age <= hours ? bytes : undefined)) });

describe("Student's t", () => {
  it.each([
    [0, 5, 0.5],
    [2.015048373, 5, 0.95],
    [-2.015048373, 5, 0.05],
    [12.70620474, 1, 0.975],
    [1.959963985, 1e6, 0.975],
    [4.587, 12, 0.99969],
  ])('at %d with %d degrees of freedom is %d', (t, freedom, expected) => {
    expect(studentCdf(t, freedom)).toBeCloseTo(expected, 4);
  });
});

describe('builds', () => {
  const old = [100, 103, 98, 101, 99].map((bytes) => run(bytes));

  it('are told apart when the new one holds clearly more', () => {
    const found = compareBuilds(old, [run(120), run(119), run(122)]);
    expect(found).toMatchObject({ age: 24, verdict: 'regression', old: 5, recent: 3 });
    expect(found?.more).toBeCloseTo(0.2, 2);
    expect(found?.sure).toBeGreaterThan(0.99);
  });

  it('are the same within the tolerance, and one run that is a little bigger proves nothing', () => {
    expect(compareBuilds(old, [run(103), run(104)])?.verdict).toBe('none');
    expect(compareBuilds(old, [run(112)])?.verdict).toBe('suspected');
    expect(compareBuilds(old, [run(80)])?.sure).toBeLessThan(0.01);
  });

  it('are compared at the greatest age that both reached', () => {
    expect(compareBuilds(old, [run(130, 2), run(131, 3)])?.age).toBe(2);
    expect(compareBuilds(old, [run(130, 2), run(131, 24)])?.age).toBe(2);
    expect(compareBuilds(old, [run(130, 0.5)])).toBeUndefined();
    expect(compareBuilds([run(100)], [run(130)])).toBeUndefined();
  });

  it('compare figures of any kind in the same way', () => {
    expect(compareFigures([10, 10.2, 9.9], [15, 15.3])?.verdict).toBe('regression');
    expect(compareFigures([10, 10.2], [])).toBeUndefined();
  });

  it('are rarely taken for a regression at 5 % spread, and nearly always when they hold 20 % more', () => {
    const rates = regressionRates(compareBuilds, { set: 'test', count: 2000 });
    expect(rates.false).toBeLessThanOrEqual(0.01);
    expect(rates.power).toBeGreaterThanOrEqual(0.9);
  });
});

describe('the record of a run', () => {
  it('says what was retained at each age that was reached', () => {
    const levels = new Levels();
    for (let at = 0; at < 30 * HOUR; at += FINEST) {
      const held = 1e9 + (1e6 * at) / HOUR + (at % (10 * FINEST) === 0 ? 0 : 5e8);
      levels.push(at, { held, own: held, resident: held, work: 0, crew: 1 });
    }
    const { held } = runOf(levels);
    const at = (age: number) => held[AGES.indexOf(age)];
    expect(at(24)).toBeGreaterThan(1e9);
    expect(at(24)).toBeLessThan(1.03e9);
    expect(at(1)).toBeDefined();
    expect(at(48)).toBeUndefined();
  });
});
