import { describe, expect, it } from 'vitest';
import { ledgerOf } from '../../src/core/bounds.ts';
import { sumOf } from '../../src/core/standing.ts';
import type { Measure, ProcessSample } from '../../src/core/types.ts';
import { MiB, sample, snapshot } from './world.ts';

const zero = { low: 0, high: 0 };
/** Workers that share nearly all they have: 100 MiB are resident in each, and 130 in all. */
const workers = [1, 2, 3, 4].map((pid): ProcessSample => {
  const { exact: _, ...bare } = sample({ pid, rss: 100 * MiB, pss: 100 * MiB });
  return { ...bare, shared: 0, swap: 0 };
});
const memory = { ...snapshot(0, []).memory, held: { anon: { low: 130 * MiB, high: 130 * MiB }, mapped: zero } };
const taken = snapshot(1, workers, { memory });

function sum(measure: Measure, members: readonly ProcessSample[], known = true): { low: number; high: number } {
  const ledger = known ? ledgerOf(workers) : undefined;
  const { low, high } = sumOf(members, measure, {
    snapshot: taken,
    standing: { ledger, undecided: 0, services: new Map() },
  });
  return { low: low / MiB, high: high / MiB };
}

describe("the kernel's sums", () => {
  it('bound the PSS of a group, alone and with what is swapped out', () => {
    expect(sum('pss', workers)).toEqual({ low: 130, high: 130 });
    expect(sum('memory', workers)).toEqual({ low: 130, high: 130 });
    expect(sum('pss', workers.slice(0, 3))).toEqual({ low: 30, high: 130 });
  });

  it('say nothing of other measures, of one process, or where the host does not tell them', () => {
    expect(sum('uss', workers)).toEqual({ low: 0, high: 400 });
    expect(sum('anon', workers)).toEqual({ low: 0, high: 400 });
    expect(sum('pss', workers.slice(0, 1))).toEqual({ low: 0, high: 100 });
    expect(sum('pss', workers, false)).toEqual({ low: 0, high: 400 });
  });
});
