import { describe, expect, it } from 'vitest';
import { findLeak, LOOK_EVERY } from '../../../src/core/trend/leak/judge.ts';
import { lifeOf } from '../../../src/core/trend/leak/lives.ts';
import { Levels } from '../../../src/core/trend/levels.ts';
import { detect } from '../../bench/detection/detector.mjs';
import { runPsstop } from '../../bench/detection/leak.mjs';
import { CLASSES, makeSeries } from '../../bench/detection/series.mjs';

const core = { Levels, findLeak, lifeOf, LOOK_EVERY };

/** Classes in which nothing at all is forgiven. */
const QUIET = [
  'flat',
  'sawtooth',
  'warm-up',
  'daily',
  'burst',
  'restart',
  'sibling-exit',
  'mapped-files',
  'swap-churn',
];

describe('the suite of labelled series', () => {
  it('has as many classes as it says, and makes the same series for ever', () => {
    expect(CLASSES.filter(({ leaks }) => leaks).length).toBeGreaterThanOrEqual(16);
    expect(CLASSES.filter(({ leaks }) => !leaks).length).toBeGreaterThanOrEqual(26);
    const [kind] = CLASSES;
    const first = makeSeries(kind, 'test', 1).columns.least.slice();
    expect(makeSeries(kind, 'test', 2).columns.least).not.toEqual(first);
    expect(makeSeries(kind, 'test', 1).columns.least).toEqual(first);
  });
});

describe('the verdict on retained memory', () => {
  it('finds leaks and lets the healthy be, on series that nothing was tuned on', () => {
    const score = runPsstop(core, { set: 'test', count: 4 });
    // Of so few series the two classes that nothing can decide are a greater part of the alarms than of many.
    expect(score.precision).toBeGreaterThanOrEqual(0.9);
    expect(score.recall).toBeGreaterThanOrEqual(0.97);
    expect(score.decidablePrecision).toBeGreaterThanOrEqual(0.97);
    expect(score.within({ from: 1, hours: 36 }).share).toBeGreaterThan(0.9);
    for (const name of QUIET) expect(score.byClass.get(name), name).toEqual({ series: 4, alarms: 0 });
  }, 120_000);

  it('does not take a swell of traffic for a leak, which it would without the load', () => {
    const swells = CLASSES.filter(({ name }) => name === 'traffic-swell');
    const alarms = (variant: object): number =>
      swells
        .flatMap((kind) =>
          Array.from({ length: 10 }, (_, number) => detect(core, makeSeries(kind, 'test', number), variant).time),
        )
        .filter((time) => time !== undefined).length;
    expect(alarms({})).toBeLessThanOrEqual(1);
    expect(alarms({ load: false })).toBeGreaterThanOrEqual(5);
  }, 60_000);
});
