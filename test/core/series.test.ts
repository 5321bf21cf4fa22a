import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUCKETS, Series } from '../../src/core/series.ts';

const want = (window: number, samples?: number) => ({
  window,
  value: () => undefined,
  ...(samples !== undefined && { keep: { samples } }),
});

describe('a series', () => {
  it('keeps the least value of each bucket and when that was', () => {
    const series = new Series(want(48_000));
    for (const [at, value] of [
      [0, 9],
      [300, 5],
      [600, 7],
      [1000, 8],
    ] as const)
      series.push(at, value, value);
    expect(series.length).toBe(2);
    expect([series.at(0), series.value(0), series.guard(0)]).toEqual([300, 5, 5]);
  });

  it('forgets what is older than its window and never outgrows its bound', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5000), { maxLength: 300 }), (pauses) => {
        const series = new Series(want(60_000));
        let at = 0;
        for (const pause of pauses) {
          at += pause;
          series.push(at, at, at);
          expect(series.length).toBeLessThanOrEqual(BUCKETS + 1);
          expect(at - series.at(0)).toBeLessThanOrEqual(60_000 * (1 + 1 / BUCKETS));
          expect(series.at(series.length - 1)).toBeLessThanOrEqual(at);
        }
        for (let index = 1; index < series.length; index += 1) {
          expect(series.at(index)).toBeGreaterThanOrEqual(series.at(index - 1));
        }
      }),
    );
  });

  it('keeps the last so many samples as they are when asked to', () => {
    const series = new Series(want(0, 3));
    for (let at = 1; at <= 20; at += 1) series.push(at, at * 10, Number.NaN);
    expect([series.length, series.value(0), series.value(2)]).toEqual([3, 180, 200]);
  });

  it('leaves out a point from before the last one', () => {
    const series = new Series(want(1000));
    series.push(500, 1, 1);
    series.push(400, 0, 0);
    expect([series.length, series.value(0)]).toEqual([1, 1]);
  });
});
