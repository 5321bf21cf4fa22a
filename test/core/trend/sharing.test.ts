import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitGrowth } from '../../../src/core/trend/sharing.ts';

/** A process with private memory that maps shared memory with so many others. */
const process = (own: number, shared: number, sharers: number) => ({
  pss: own + shared / sharers,
  uss: own + (sharers === 1 ? shared : 0),
  rss: own + shared,
});

describe('a change of PSS', () => {
  it('is its own when it took memory', () => {
    expect(splitGrowth(process(100, 300, 3), process(150, 300, 3))).toEqual({ total: 50, own: 50, share: 0 });
  });

  it('is sharing when siblings end, also when the last one does', () => {
    expect(splitGrowth(process(100, 300, 3), process(100, 300, 2))).toEqual({ total: 50, own: 0, share: 50 });
    expect(splitGrowth(process(100, 300, 2), process(100, 300, 1))).toEqual({ total: 150, own: 0, share: 150 });
  });

  it('is its own part when it touches what others share', () => {
    const { total, own, share } = splitGrowth(process(100, 300, 3), process(100, 600, 3));
    expect([total, own, share]).toEqual([100, 100, 0]);
  });

  it('is both when a sibling ends and it took memory', () => {
    const { total, own, share } = splitGrowth(process(100, 300, 2), process(180, 300, 1));
    expect([total, own, share]).toEqual([230, 80, 150]);
  });

  it('is both when copies are made of what was shared: they were paid for in part', () => {
    const before = process(100, 300, 3);
    const after = { pss: 150 + 250 / 3, uss: 150, rss: 400 };
    expect(splitGrowth(before, after).own).toBe(0);
    expect(splitGrowth(before, after).share).toBeCloseTo(100 / 3);
  });

  it('adds up, whatever happens', () => {
    const size = fc.integer({ min: 0, max: 1e9 });
    const any = fc.tuple(size, size, fc.integer({ min: 1, max: 50 })).map(([a, b, c]) => process(a, b, c));
    fc.assert(
      fc.property(any, any, (before, after) => {
        const { total, own, share } = splitGrowth(before, after);
        expect(own + share).toBeCloseTo(total, 3);
        expect(total).toBeCloseTo(after.pss - before.pss, 3);
      }),
    );
  });
});
