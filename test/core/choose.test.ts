import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atMost, figureOf, measureMembers } from '../../src/core/bounds.ts';
import { type Choice, choose } from '../../src/core/choose.ts';
import type { Bounds, Measure, ProcessSample } from '../../src/core/types.ts';
import { type Known, MOST, readingOf, samplesOf, type World, worlds } from './sharing.ts';
import { MiB, sample } from './world.ts';

const why = (): string => '';
const measure = fc.constantFrom<Measure>('pss', 'memory', 'swap', 'uss', 'anon', 'file');
/** Where the limit lies, between nothing and more than there is. */
const limit = fc.double({ min: 0.001, max: 1.2, noNaN: true });

function asks(of: Measure, at: number | undefined, urgency: Choice['urgency'] = 'decide'): Choice {
  return { measure: of, urgency, why, ...(at !== undefined && { limit: at }) };
}

/** Is it known on which side of the limit the sum lies, whichever way a rule asks? */
function isDecided({ low, high }: Bounds, at: number): boolean {
  return low > at || high < at;
}

/** Reads who is chosen until it is decided. @returns how many were read, and in how many rounds. */
function readUntilDecided(world: World, members: ProcessSample[], choice: Choice): { read: number; rounds: number } {
  let [read, rounds] = [0, 0];
  const at = choice.limit ?? Number.NaN;
  while (!isDecided(measureMembers(members, choice.measure), at)) {
    const chosen = choose(members, choice);
    if (chosen.length === 0) break;
    rounds += 1;
    for (const one of chosen) {
      const index = members.indexOf(one);
      // Whoever was read is not chosen again.
      expect(one.exact).toBeUndefined();
      members[index] = { ...one, exact: readingOf(world, index) };
      read += 1;
    }
  }
  return { read, rounds };
}

/** The fewest of some amounts that come to more than `needed`. */
function fewest(amounts: readonly number[], needed: number): number {
  const sorted = [...amounts].sort((a, b) => b - a);
  let count = 0;
  for (let left = needed; left >= 0 && count < sorted.length; count += 1) left -= sorted[count] ?? 0;
  return count;
}

describe('who is read of a group', () => {
  it('decides it in the end, and nobody is read twice', () => {
    fc.assert(
      fc.property(fc.record({ world: worlds, measure, limit }), ({ world, measure: of, limit: share }) => {
        const members = samplesOf(world, []);
        const at = share * measureMembers(members, of).high;
        fc.pre(Number.isFinite(at) && at > 0);
        const { read, rounds } = readUntilDecided(world, members, asks(of, at));
        expect(read).toBeLessThanOrEqual(members.length);
        expect(rounds).toBeLessThanOrEqual(members.length);
        const { low, high } = measureMembers(members, of);
        expect(isDecided({ low, high }, at) || low === high).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('is as few as can be where the last readings still hold, and at once', () => {
    fc.assert(
      fc.property(fc.record({ world: worlds, measure, limit }), ({ world, measure: of, limit: share }) => {
        const bounds = samplesOf(world, []);
        const members = bounds.map((one, index): ProcessSample => ({ ...one, last: readingOf(world, index) }));
        const at = share * measureMembers(members, of).high;
        const truths = members.map((_, index) => figureOf(readingOf(world, index), of));
        const truth = truths.reduce((sum, value) => sum + value, 0);
        fc.pre(at > 0 && truth !== at && !isDecided(measureMembers(members, of), at));
        const tell = members.map((one, index) => atMost(one, of) - (truths[index] ?? 0));
        const most = tell.reduce((sum, value) => sum + value, truth);
        const needed = truth > at ? fewest(truths, at) : fewest(tell, most - at);
        expect(readUntilDecided(world, members, asks(of, at))).toEqual({ read: needed, rounds: 1 });
      }),
      { numRuns: 300 },
    );
  });

  it('begins with the biggest where the sum is likely above, with the least certain where it is likely below', () => {
    const of = (pid: number, rss: number, last: number): ProcessSample => {
      const { exact, ...bare } = sample({ pid, rss: rss * MiB, pss: last * MiB });
      return { ...bare, ...(exact && { last: exact }) };
    };
    const members = [of(1, 100, 90), of(2, 300, 40), of(3, 200, 150)];
    const pids = (at: number): number[] => choose(members, asks('pss', at * MiB)).map(({ process }) => process.pid);
    expect(pids(140)).toEqual([3]);
    expect(pids(200)).toEqual([3, 1]);
    // 600 at most, 280 likely: the second proves that 260 are missing.
    expect(pids(345)).toEqual([2]);
    expect(pids(300)).toEqual([2, 3]);
  });

  it('is everybody who can be read where the figure itself is asked for', () => {
    const known: Known[] = ['bounds', 'read', 'denied', 'stuck', 'late', 'postponed', 'gone'];
    const world: World = { runs: [], parties: known.map(() => ({ space: 0, uid: 0, name: 'web' })) };
    expect(world.parties).toHaveLength(MOST);
    const members = samplesOf(world, known);
    expect(choose(members, asks('pss', undefined))).toEqual([members[0]]);
    // What was too dear for a decision is not too dear for a deed.
    expect(choose(members, asks('pss', undefined, 'act'))).toEqual([members[0], members[5]]);
  });

  it('is everybody where nothing bounds the figure, however large the limit', () => {
    const { exact: _, ...bare } = sample({ pid: 1, rss: MiB });
    const members = [bare, { ...bare, swap: 5 * MiB }];
    expect(choose(members, asks('swap', 1e12))).toEqual(members);
    expect(choose([], asks('pss', MiB))).toEqual([]);
  });
});
