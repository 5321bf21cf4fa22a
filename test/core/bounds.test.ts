import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atMost, figureOf, type Ledger, ledgerOf, measureMembers, narrow } from '../../src/core/bounds.ts';
import { MEMBER_MEASURES } from '../../src/core/measure.ts';
import type { Bounds, Measure, ProcessSample } from '../../src/core/types.ts';
import { type Known, MOST, memoryOf, pairedWorlds, readingOf, samplesOf, type World, worlds } from './sharing.ts';
import { MiB, sample } from './world.ts';

const KIB = 1024;
const each = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { minLength: MOST, maxLength: MOST });

/** A world, how each of its processes is known, and what is asked of a group of them. */
interface Case {
  readonly world: World;
  readonly how: Known[];
  readonly chosen: boolean[];
  readonly measure: Measure;
  readonly withSwap: boolean;
  readonly lag: number;
}

function cases(world: fc.Arbitrary<World>): fc.Arbitrary<Case> {
  return fc.record({
    world,
    how: each(fc.constantFrom<Known>('bounds', 'bounds', 'read', 'denied', 'postponed')),
    chosen: each(fc.boolean()),
    measure: fc.constantFrom(...([...MEMBER_MEASURES] as Measure[])),
    withSwap: fc.boolean(),
    lag: fc.integer({ min: 1, max: 100 * MiB }),
  });
}

/** The same for those of a group alone. */
function of<T>(all: readonly T[], chosen: readonly boolean[]): T[] {
  return all.filter((_, index) => chosen[index]);
}

/** What reading all of a group would say. */
function truth(world: World, chosen: readonly boolean[], measure: Measure): number {
  const indices = world.parties.map((_, index) => index);
  return of(indices, chosen).reduce((sum, index) => sum + figureOf(readingOf(world, index), measure), 0);
}

const ALL_READ: readonly Known[] = Array<Known>(MOST).fill('read');

function within(value: number, { low, high }: Bounds, slack = 0): boolean {
  return low - slack <= value && value <= high + slack;
}

describe('the bounds of a group', () => {
  it('hold what reading everybody would say, of every measure', () => {
    fc.assert(
      fc.property(cases(pairedWorlds), ({ world, how, chosen, measure }) => {
        const seen = measureMembers(of(samplesOf(world, how), chosen), measure);
        expect(within(truth(world, chosen, measure), seen)).toBe(true);
      }),
    );
  });

  it('hold it also where the cheap counters lag behind', () => {
    fc.assert(
      fc.property(cases(worlds), ({ world, chosen, measure, lag }) => {
        const seen = measureMembers(of(samplesOf(world, [], { lag }), chosen), measure);
        expect(within(truth(world, chosen, measure), seen)).toBe(true);
      }),
    );
  });

  it('are one figure once everybody was read, and nobody counts who has ended', () => {
    fc.assert(
      fc.property(cases(worlds), ({ world, chosen, measure }) => {
        const gone: ProcessSample = { ...sample({ pid: 9, rss: 50 * MiB }), unread: 'gone' };
        const all = samplesOf(world, ALL_READ);
        const value = truth(world, chosen, measure);
        expect(measureMembers([...of(all, chosen), gone], measure)).toEqual({ low: value, high: value });
      }),
    );
  });

  it('make sense where statm does not: more files than pages, or nothing at all', () => {
    const { exact: _, ...bare } = sample({ pid: 1, rss: 10 * MiB });
    expect(atMost({ ...bare, shared: 10 * MiB }, 'anon')).toBe(0);
    expect(atMost({ ...bare, rss: 0, shared: 0 }, 'pss')).toBe(0);
    expect(atMost(bare, 'swap')).toBe(Number.POSITIVE_INFINITY);
    expect(measureMembers([bare], 'memory')).toEqual({ low: 0, high: Number.POSITIVE_INFINITY });
    expect(measureMembers([], 'pss')).toEqual({ low: 0, high: 0 });
  });
});

describe('the sums of the kernel', () => {
  /** What is known of a group's PSS (and SwapPss) when they are taken into account. */
  function narrowed(
    world: World,
    how: readonly Known[],
    { chosen, withSwap = false, drift = 8 * KIB }: Narrowing,
  ): Bounds {
    const samples = samplesOf(world, how);
    const ledger: Ledger = ledgerOf(samples);
    const { held = { anon: { low: 0, high: 0 }, mapped: { low: 0, high: 0 } } } = memoryOf(world, drift);
    const members = of(samples, chosen);
    return narrow(measureMembers(members, withSwap ? 'memory' : 'pss'), members, { held, ledger, withSwap });
  }
  interface Narrowing {
    chosen: readonly boolean[];
    withSwap?: boolean;
    drift?: number;
  }

  it('still leave room for what reading everybody would say', () => {
    fc.assert(
      fc.property(cases(worlds), ({ world, how, chosen, withSwap }) => {
        const seen = narrowed(world, how, { chosen, withSwap });
        expect(within(truth(world, chosen, withSwap ? 'memory' : 'pss'), seen)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('never widen what is known without them', () => {
    fc.assert(
      fc.property(cases(worlds), ({ world, how, chosen }) => {
        const without = measureMembers(of(samplesOf(world, how), chosen), 'pss');
        const { low, high } = narrowed(world, how, { chosen });
        expect(high).toBeLessThanOrEqual(without.high);
        expect(low).toBeGreaterThanOrEqual(without.low);
        expect(low).toBeLessThanOrEqual(high);
      }),
    );
  });

  it('are right where they are less than a sum that counts one address space twice', () => {
    fc.assert(
      fc.property(cases(pairedWorlds), ({ world, how, chosen }) => {
        const without = measureMembers(of(samplesOf(world, how), chosen), 'pss');
        const { low, high } = narrowed(world, how, { chosen });
        expect(high).toBeLessThanOrEqual(without.high);
        expect(low).toBeLessThanOrEqual(high);
      }),
    );
  });

  it('decide as they will when all are read, also of pairs that have one address space', () => {
    fc.assert(
      fc.property(cases(pairedWorlds), ({ world, how, chosen, withSwap }) => {
        const open = how.map((one): Known => (one === 'denied' || one === 'postponed' ? 'bounds' : one));
        const all = narrowed(world, ALL_READ, { chosen, withSwap });
        expect(all.low).toBe(all.high);
        expect(within(all.low, narrowed(world, open, { chosen, withSwap }))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('do not let one who grew between the draft and his reading make room for others', () => {
    // Two hold 100 MiB each; while it is read the second grows to 500.
    const draft = [1, 2].map((pid) => {
      const { exact: _, ...bare } = sample({ pid, rss: 100 * MiB });
      return { ...bare, shared: 0 };
    });
    const [first, second] = draft as [ProcessSample, ProcessSample];
    const { exact } = sample({ pid: 2, pss: 500 * MiB });
    const grown: ProcessSample = { ...second, ...(exact && { exact }) };
    const held = { anon: { low: 200 * MiB, high: 200 * MiB }, mapped: { low: 0, high: 0 } };
    const law = { held, ledger: ledgerOf(draft), withSwap: false };
    const third: ProcessSample = { ...first, rss: 0 };
    expect(narrow(measureMembers([grown, third], 'pss'), [grown, third], law).low).toBeLessThanOrEqual(200 * MiB);
    expect(narrow(measureMembers([first, third], 'pss'), [first, third], law)).toEqual({
      low: 100 * MiB,
      high: 100 * MiB,
    });
  });

  it('tell the size of forked workers without reading one', () => {
    const world: World = {
      runs: [
        { kind: 'anon', pages: 250_000, maps: [1, 1, 1, 1, 0] },
        { kind: 'anon', pages: 10, maps: [0, 0, 0, 0, 1] },
      ],
      parties: [0, 1, 2, 3, 4].map((space) => ({ space, uid: space === 4 ? 0 : 33, name: 'db' })),
    };
    const { low, high } = narrowed(world, [], { chosen: [true, true, true, true, false], drift: 0 });
    expect(high - low).toBeLessThanOrEqual(10 * 4096);
    expect(low / (250_000 * 4096)).toBeCloseTo(1, 3);
  });
});
