import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/core/types.ts';
import { MiB, sample } from '../core/world.ts';
import { condition, follow, refusal } from './target.ts';

/** One process through an hour. `sharers` map its 300 MiB of shared memory. */
async function hour(at: (share: number) => { own: number; sharers: number }): Promise<Verdict | undefined> {
  const followed = follow(await condition({ sharing: { pss: '100MiB', over: '1h' } }));
  let verdict: Verdict | undefined;
  for (let second = 0; second <= 3600; second += 15) {
    const { own, sharers } = at(second / 3600);
    const [pss, uss, rss] = [own + 300 / sharers, own + (sharers === 1 ? 300 : 0), own + 300].map((size) => size * MiB);
    verdict = followed.ask({ members: [sample({ pid: 5, pss, uss, rss } as never)], seconds: 1000 + second });
  }
  return verdict;
}

describe('sharing', () => {
  it('holds when siblings end, the last one too', async () => {
    const verdict = await hour((share) => ({ own: 100, sharers: share < 0.4 ? 6 : share < 0.7 ? 2 : 1 }));
    expect(verdict?.met).toBe(true);
    expect(verdict?.value).toBe(250 * MiB);
    expect(verdict?.because()).toBe(
      'pss rose by 250 MiB in the last 1h: its own part rose by 0 B, its share of common pages rose by 250 MiB',
    );
  });

  it('does not hold when the process takes memory itself, or siblings come', async () => {
    const taken = await hour((share) => ({ own: 100 + 300 * share, sharers: 3 }));
    expect(taken?.met).toBe(false);
    expect(taken?.because()).toMatch(/its own part rose by 29\d MiB, its share of common pages rose by 0 B$/);
    const joined = await hour((share) => ({ own: 100, sharers: share < 0.5 ? 1 : 6 }));
    expect(joined?.met).toBe(false);
    expect(joined?.because()).toMatch(/^pss fell by 250 MiB .* its share of common pages fell by 250 MiB$/);
  });

  it('refuses options that make no sense', async () => {
    expect(await refusal({ sharing: { pss: '100MiB', over: '1s' } })).toBe('over: write a window from 10s to 30d');
  });
});
