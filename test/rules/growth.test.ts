import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, MiB, play, told } from './play.ts';
import { shippedRules } from './shipped.ts';

const STORY = { every: MINUTE, seconds: DAY };

/** Noise that is the same in every run, -1 to 1. */
function noise(second: number): number {
  return Math.sin(second * 12.9898) * Math.cos(second * 0.7331);
}

async function growth(size: (second: number) => { pss: number; uss?: number; swap?: number }): Promise<string[]> {
  const rules = await shippedRules('steady-growth');
  return told(play(rules, { ...STORY, actors: [{ name: 'app', size }] }));
}

describe('the rule for steady growth', () => {
  it('tells of a process that grows by 5 % an hour all day', async () => {
    const events = await growth((second) => ({
      pss: 500 * MiB * (1 + (0.05 * second) / HOUR) + 10 * MiB * noise(second),
    }));
    expect(events).toHaveLength(1);
    expect(events[0]).toMatch(/^(4[2-9]|5\d)\d{3} s: fired steady-growth app\[100\]$/);
  });

  it('tells of a leak that is swapped out', async () => {
    const events = await growth((second) => {
      const grown = (40 * MiB * second) / HOUR;
      return { pss: 400 * MiB, swap: grown };
    });
    expect(events[0]).toMatch(/fired steady-growth/);
  });

  const HEALTHY: Record<string, (second: number) => { pss: number; uss?: number }> = {
    'a warm-up of two hours': (second) => ({ pss: 900 * MiB * (1 - Math.exp(-second / HOUR)) + 100 * MiB }),
    'a cache that is full after five hours': (second) => ({
      pss: 100 * MiB + 900 * MiB * Math.min(1, second / (5 * HOUR)),
    }),
    "a collector's sawtooth": (second) => ({ pss: 300 * MiB + 400 * MiB * ((second % 1800) / 1800) }),
    'one step at noon': (second) => ({ pss: second < DAY / 2 ? 300 * MiB : 600 * MiB }),
    'a slow leak of 1 % an hour, which other tools must find': (second) => ({
      pss: 500 * MiB * (1 + (0.01 * second) / HOUR),
    }),
    'a tiny process that doubles': (second) => ({ pss: 20 * MiB * (1 + second / DAY) }),
    'siblings that leave one by one, with nothing allocated': (second) => ({
      pss: (800 * MiB) / Math.max(1, 10 - Math.floor(second / (2.4 * HOUR))) + 50 * MiB,
      uss: 50 * MiB,
    }),
  };
  for (const [name, size] of Object.entries(HEALTHY)) {
    it(`says nothing of ${name}`, async () => {
      expect(await growth(size)).toEqual([]);
    });
  }
});
