import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../../../src/core/trend/normal.ts';
import { createPoints, loadPoints, medianValue } from '../../../src/core/trend/points.ts';
import { fewestPoints, mayExceed, theilSen } from '../../../src/core/trend/slope.ts';
import { coversWindow } from '../../../src/core/trend/window.ts';
import type { SeriesView } from '../../../src/core/types.ts';
import { CORRELATIONS, slopeCoverage } from '../../bench/detection/growth.mjs';
import { noiseFrom, pointsOf } from './noise.ts';

const NINETY = normalQuantile(0.95);
const level = fc.integer({ min: -1_000_000, max: 1_000_000 });
const row = fc.array(level, { minLength: 5, maxLength: 49 });
const line = (length: number, slope: number) => Array.from({ length }, (_, index) => 1000 + slope * index);

describe('normalQuantile', () => {
  it.each([
    [0.5, 0],
    [0.95, 1.6448536269514722],
    [0.975, 1.959963984540054],
    [0.001, -3.090232306167813],
    [0.9999, 3.719016485455709],
  ])('of %d is %d', (probability, expected) => {
    expect(normalQuantile(probability)).toBeCloseTo(expected, 7);
  });
});

describe('theilSen', () => {
  it('finds the slope of a line, with an interval of no width', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 49 }), fc.integer({ min: -1000, max: 1000 }), (length, slope) => {
        expect(theilSen(pointsOf(line(length, slope)), NINETY)).toEqual({ slope, low: slope, high: slope });
      }),
    );
  });

  it('is not moved by a quarter of wild points', () => {
    fc.assert(
      fc.property(fc.array(level, { minLength: 12, maxLength: 12 }), level, (wild, seed) => {
        const values = line(48, 7);
        for (const [index, value] of wild.entries()) values[(index * 4 + Math.abs(seed)) % 48] = value;
        expect(theilSen(pointsOf(values), NINETY).slope).toBe(7);
      }),
    );
  });

  it('scales with the values and ignores where they begin', () => {
    fc.assert(
      fc.property(row, fc.constantFrom(0.25, 2, 1024), level, (values, scale, start) => {
        const plain = theilSen(pointsOf(values), NINETY);
        const scaled = theilSen(pointsOf(values.map((value) => value * scale)), NINETY);
        expect(scaled).toEqual({ slope: plain.slope * scale, low: plain.low * scale, high: plain.high * scale });
        expect(theilSen(pointsOf(values.map((value) => value + start)), NINETY)).toEqual(plain);
      }),
    );
  });

  it('has an interval around its slope, the wider the surer it must be', () => {
    fc.assert(
      fc.property(row, (values) => {
        const { slope, low, high } = theilSen(pointsOf(values), NINETY);
        expect(low).toBeLessThanOrEqual(slope);
        expect(high).toBeGreaterThanOrEqual(slope);
        const surer = theilSen(pointsOf(values), normalQuantile(0.995));
        expect(surer.low).toBeLessThanOrEqual(low);
        expect(surer.high).toBeGreaterThanOrEqual(high);
      }),
    );
  });

  it.each([
    [48, 0],
    [48, 0.3],
    [48, 0.5],
    [48, 0.7],
    [24, 0.3],
    [12, 0],
  ])(
    'has intervals of 0.9 that hold the true slope in 0.85 to 0.97 of rows of %d points with autocorrelation %d',
    (length, autocorrelation) => {
      const noise = noiseFrom(length * 1000 + autocorrelation * 10, autocorrelation);
      let held = 0;
      for (let round = 0; round < 600; round += 1) {
        const { low, high } = theilSen(pointsOf(line(length, 0.1).map((value) => value + noise())), NINETY);
        if (low <= 0.1 && high >= 0.1) held += 1;
      }
      expect(held / 600).toBeGreaterThanOrEqual(0.85);
      expect(held / 600).toBeLessThanOrEqual(0.97);
    },
  );

  it.each(CORRELATIONS)(
    'has intervals of 0.9 that hold as often as the marks ask, at an autocorrelation of %d',
    (correlation) => {
      const held = slopeCoverage(
        { theilSen, createPoints },
        { set: 'test', count: 2000, correlation, deviate: NINETY },
      );
      expect(held).toBeGreaterThanOrEqual(0.85);
      expect(held).toBeLessThanOrEqual(0.95);
    },
  );

  it('is certain of ten points and more that rise from each to the next, however curved', () => {
    const curve = (length: number) => pointsOf(Array.from({ length }, (_, index) => index ** 2));
    expect(theilSen(curve(12), NINETY)).toMatchObject({ low: 1, high: 21 });
    expect(mayExceed(curve(12), 0.5, NINETY)).toBe(true);
  });

  it('does not take one step, however high, for a growth faster than any rate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 47 }), fc.integer({ min: 1, max: 1e9 }), (at, height) => {
        const values = Array.from({ length: 48 }, (_, index) => (index < at ? 0 : height));
        expect(theilSen(pointsOf(values), NINETY).low).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe('mayExceed', () => {
  it('never rules out what the interval confirms', () => {
    fc.assert(
      fc.property(row, level, (values, scale) => {
        const points = pointsOf(values.map((value, index) => value + (scale / 10) * index));
        const { low } = theilSen(points, NINETY);
        for (const limit of [low - Math.abs(low) * 1e-9 - 1e-9, low - 1, low - 1000]) {
          if (low > limit) expect(mayExceed(points, limit, NINETY)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('rules out a limit above the line', () => {
    expect(mayExceed(pointsOf(line(48, 5)), 6, NINETY)).toBe(false);
    expect(mayExceed(pointsOf(line(48, 5)), 4, NINETY)).toBe(true);
  });
});

describe('fewestPoints', () => {
  it('is the least number of points that give an interval with ends', () => {
    for (const confidence of [0.5, 0.8, 0.9, 0.95, 0.99, 0.999]) {
      const deviate = normalQuantile((1 + confidence) / 2);
      const fewest = fewestPoints(deviate);
      const rising = (length: number) => theilSen(pointsOf(line(length, 1)), deviate).low;
      expect(rising(fewest)).toBe(1);
      expect(rising(fewest - 1)).toBe(Number.NEGATIVE_INFINITY);
    }
  });
});

describe('points', () => {
  const series: SeriesView = {
    length: 3,
    at: (i) => i * 1000,
    value: (i) => i * 10,
    guard: (i) => (i === 1 ? Number.NaN : i),
  };

  it('hold the values with their seconds before the end, and leave out guards that are not known', () => {
    const points = pointsOf([]);
    loadPoints(points, series, 'value');
    expect([points.length, ...points.times.slice(0, 3), ...points.values.slice(0, 3)]).toEqual([
      3, -2, -1, 0, 0, 10, 20,
    ]);
    loadPoints(points, series, 'guard');
    expect([points.length, ...points.times.slice(0, 2), ...points.values.slice(0, 2)]).toEqual([2, -2, 0, 0, 2]);
  });

  it('have a middle value', () => {
    expect(medianValue(pointsOf([5, 1, 9]))).toBe(5);
    expect(medianValue(pointsOf([5, 1, 9, 7]))).toBe(6);
  });
});

describe('coversWindow', () => {
  const seen = (...times: number[]): SeriesView => ({
    length: times.length,
    at: (index) => times[index] ?? Number.NaN,
    value: () => 0,
    guard: () => 0,
  });

  it('wants nine tenths of the window', () => {
    expect(coversWindow(seen(0, 25, 50, 75, 90), 100, 90)).toBe(true);
    expect(coversWindow(seen(0, 25, 50, 75, 89), 100, 89)).toBe(false);
  });

  it('wants five points', () => {
    expect(coversWindow(seen(0, 25, 50, 75, 100), 100, 100)).toBe(true);
    expect(coversWindow(seen(0, 30, 60, 90), 100, 90)).toBe(false);
  });

  it('wants no gap of more than three tenths of the window, also not at its end', () => {
    expect(coversWindow(seen(0, 10, 20, 30, 61, 80, 100), 100, 100)).toBe(false);
    expect(coversWindow(seen(0, 20, 40, 50, 60), 100, 91)).toBe(false);
  });
});
