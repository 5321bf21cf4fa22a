import { describe, expect, test } from 'vitest';
import { Budget, type Candidate, DEFAULT_SHARES, fullAccount } from '../../src/core/budget.ts';
import type { Urgency } from '../../src/core/types.ts';
import { GiB, MiB } from './world.ts';

/** Deterministic numbers from 0 to 1 (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

function candidate(rss: number, urgency: Urgency = 'decide'): Candidate {
  return { urgency, rss, account: fullAccount() };
}

test('whatever it costs: everybody is read at once, again and again', () => {
  const budget = new Budget({ process: Number.POSITIVE_INFINITY, host: Number.POSITIVE_INFINITY });
  const big = candidate(100 * GiB, 'show');
  for (let i = 0; i < 5; i += 1) {
    budget.refill(1_000_000);
    expect(budget.allows(big, 1_000_000)).toBe(true);
    budget.spend(5_000, big);
    budget.endRound(i * 5_000);
  }
});

describe('a process', () => {
  test('is read twice at once to be sure, then waits until its readings were a thousandth of the time', () => {
    const budget = new Budget(DEFAULT_SHARES);
    const young = candidate(200 * MiB);
    const mayRead = (uptime: number): boolean => {
      budget.refill(uptime);
      return budget.allows(young, uptime);
    };
    for (const uptime of [1_000, 2_000]) {
      expect(mayRead(uptime)).toBe(true);
      budget.spend(12, young);
    }
    expect([3_000, 5_000, 12_000].map(mayRead)).toEqual([false, false, true]);
  });

  test('that is only followed keeps enough to be read once more when it counts', () => {
    const budget = new Budget(DEFAULT_SHARES);
    const rising = candidate(400 * MiB, 'follow');
    const mayRead = (uptime: number, urgency: Urgency): boolean => {
      budget.refill(uptime);
      return budget.allows({ ...rising, urgency }, uptime);
    };
    expect(mayRead(1_000, 'follow')).toBe(true);
    budget.spend(8, rising);
    expect([mayRead(1_500, 'follow'), mayRead(2_000, 'decide')]).toEqual([false, true]);
  });

  test('that takes longer to read than was ever kept is read all the same, and then rests for as long as that', () => {
    const budget = new Budget(DEFAULT_SHARES);
    const database = candidate(200 * GiB);
    const mayRead = (uptime: number): boolean => {
      budget.refill(uptime);
      return budget.allows(database, uptime);
    };
    expect(mayRead(1e9)).toBe(true);
    budget.spend(4_500, database);
    expect([1e9 + 1e6, 1e9 + 4.4e6, 1e9 + 4.6e6].map(mayRead)).toEqual([false, false, true]);
  });

  test('that is about to be acted on is read whatever it has cost, and is charged', () => {
    const budget = new Budget(DEFAULT_SHARES);
    const acted = candidate(GiB, 'act');
    for (let i = 0; i < 10; i += 1) {
      expect(budget.allows(acted, 1_000)).toBe(true);
      budget.spend(20, acted);
    }
    expect(acted.account.balance).toBeLessThan(-150);
  });
});

test.each([1, 2, 3])(
  'over a long time nobody is read for more than a share, nor all for more than theirs (seed %i)',
  (seed) => {
    const next = random(seed);
    const budget = new Budget(DEFAULT_SHARES);
    const crowd = Array.from({ length: 40 }, () => ({ ...candidate(next() ** 4 * 4 * GiB), spent: 0, longest: 0 }));
    let [cpu, longest] = [0, 0];
    const hours = 6;
    const urgencies: Urgency[] = ['decide', 'series', 'show'];
    for (let uptime = 0; uptime < hours * 3_600_000; uptime += 5_000) {
      budget.refill(uptime);
      for (const one of crowd) {
        const urgency = urgencies[Math.floor(next() * 3)] ?? 'show';
        if (!budget.allows({ ...one, urgency }, uptime)) continue;
        const took = 0.05 + (one.rss / GiB) * (6 + 40 * next() ** 3);
        budget.spend(took, one);
        one.spent += took;
        one.longest = Math.max(one.longest, took);
        cpu += took;
        longest = Math.max(longest, took);
      }
      budget.endRound(cpu);
    }
    const time = hours * 3_600_000;
    for (const { spent, longest: most } of crowd) expect(spent).toBeLessThanOrEqual(time * 0.001 + 20 + most);
    expect(cpu).toBeLessThanOrEqual(time * 0.005 + 200 + crowd.length * longest);
    for (const { spent } of crowd) expect(spent).toBeGreaterThan(0);
  },
);

test('what can wait never holds up what decides', () => {
  const budget = new Budget(DEFAULT_SHARES);
  let cpu = 0;
  for (let i = 0; i < 1_000; i += 1) {
    const other = candidate(MiB, i % 2 ? 'series' : 'show');
    if (!budget.allows(other, 1_000)) continue;
    cpu += 0.5;
    budget.spend(0.5, other);
    budget.endRound(cpu);
  }
  expect(budget.allows(candidate(MiB, 'show'), 1_000)).toBe(false);
  expect(budget.allows(candidate(100 * MiB, 'decide'), 1_000)).toBe(true);
});

test('the host is charged for work, not for waiting', () => {
  const budget = new Budget(DEFAULT_SHARES);
  for (let i = 0; i < 20; i += 1) {
    const one = candidate(MiB);
    expect(budget.allows(one, 1_000)).toBe(true);
    budget.spend(15, one);
    budget.endRound((i + 1) * 0.1);
  }
});
