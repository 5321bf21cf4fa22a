import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coverage, coverageBounds } from '../../src/core/coverage.ts';
import type { ProcessSample, Snapshot } from '../../src/core/types.ts';
import { type Known, MOST, memoryOf, samplesOf, type World, worlds } from './sharing.ts';
import { MiB, sample, snapshot } from './world.ts';

const DRIFT = 64 * 1024;
const hows = fc.array(fc.constantFrom<Known>('bounds', 'bounds', 'read', 'denied', 'stuck'), {
  minLength: MOST,
  maxLength: MOST,
});

function at(world: World, how: readonly Known[]): Snapshot {
  return snapshot(1_000, samplesOf(world, how, { at: 1_000_000 }), { memory: memoryOf(world, DRIFT) });
}

/** As it would be were everything read that may be. */
function allRead(how: readonly Known[]): Known[] {
  return how.map((one) => (one === 'bounds' ? 'read' : one));
}

describe('what is covered', () => {
  it('is known exactly when everything was read that may be', () => {
    fc.assert(
      fc.property(worlds, hows, (world, how) => {
        const { low, high } = coverageBounds(at(world, allRead(how)));
        expect(low).toBe(high);
        expect(low).toBe(coverage(at(world, allRead(how))).ratio);
      }),
    );
  });

  it('lies within its bounds as long as not all was read, whoever was read before', () => {
    fc.assert(
      fc.property(worlds, hows, fc.boolean(), (world, how, before) => {
        const seen = at(world, how);
        const { processes } = at(world, allRead(how));
        const known = seen.processes.map((one, i): ProcessSample => {
          const last = before && how[i] === 'bounds' ? processes[i]?.exact : undefined;
          return last ? { ...one, last } : one;
        });
        const truth = coverageBounds(at(world, allRead(how))).low;
        const { low, high } = coverageBounds({ ...seen, processes: known });
        // Figures are rounded down to kB.
        expect(low).toBeLessThanOrEqual(
          truth + 1e-6 + (MOST * 2048) / Math.max(1, seen.memory.anon + seen.memory.mapped),
        );
        expect(high).toBeGreaterThanOrEqual(truth);
      }),
      { numRuns: 300 },
    );
  });

  it('never rests on who may turn out not to be readable', () => {
    const { exact: _, ...untried } = sample({ pid: 1, rss: 100 * MiB, pss: 100 * MiB });
    const exactly = { low: 100 * MiB, high: 100 * MiB };
    const memory = { ...snapshot(0, []).memory, anon: 100 * MiB, mapped: 0 };
    const of = (one: ProcessSample) =>
      coverageBounds({
        ...snapshot(1, [one]),
        memory: { ...memory, held: { anon: exactly, mapped: { low: 0, high: 0 } } },
      });
    expect(of(untried)).toEqual({ low: 0, high: 1 });
    const { exact: last } = sample({ pid: 1, pss: 100 * MiB });
    expect(of({ ...untried, ...(last && { last }) })).toEqual({ low: 1, high: 1 });
  });

  it('is nothing to worry about on a host that does not say what it holds', () => {
    const memory = { ...snapshot(0, []).memory, anon: 0, mapped: 0 };
    expect(coverage(snapshot(1, [sample({ pid: 1, pss: MiB })], { memory }))).toMatchObject({ ratio: 1, total: 0 });
    expect(coverage(snapshot(1, [], { memory }))).toMatchObject({ exact: 0, ratio: 1 });
  });
});

describe('for people', () => {
  const memory = { ...snapshot(0, []).memory, anon: 900 * MiB, mapped: 100 * MiB };
  const bare = (pid: number, mib: number, more: Partial<ProcessSample> = {}): ProcessSample => {
    const { exact: _, ...known } = sample({ pid, rss: mib * MiB, pss: mib * MiB });
    return { ...known, ...more };
  };
  const held = { anon: { low: 900 * MiB, high: 900 * MiB }, mapped: { low: 100 * MiB, high: 100 * MiB } };

  it('those that were never read count as covered until they prove to be closed', () => {
    const processes = [bare(1, 500), bare(2, 300), sample({ pid: 3, pss: 100 * MiB })];
    expect(coverage(snapshot(1, processes, { memory: { ...memory, held } })).ratio).toBe(1);
    const closed = [bare(1, 500), bare(2, 300, { unread: 'denied' }), sample({ pid: 3, pss: 100 * MiB })];
    expect(coverage(snapshot(1, closed, { memory: { ...memory, held } }))).toMatchObject({
      ratio: 0.7,
      unread: { denied: 1 },
      exact: 100 * MiB,
    });
  });

  it('where others are hidden, the visible ones cover no more than they can hold', () => {
    const { ratio } = coverage(snapshot(1, [bare(1, 100), sample({ pid: 3, pss: 100 * MiB })], { memory }));
    expect(ratio).toBeCloseTo(0.2);
  });
});
