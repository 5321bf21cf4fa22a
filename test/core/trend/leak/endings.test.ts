import { describe, expect, it } from 'vitest';
import { exhaustingLives } from '../../../../src/core/trend/leak/endings.ts';
import { type Life, lifeOf } from '../../../../src/core/trend/leak/lives.ts';
import { FINEST, Levels } from '../../../../src/core/trend/levels.ts';

const HOUR = 3_600_000;
const MiB = 2 ** 20;

/** A life of so many hours, as it is kept. */
function live(hours: number, held: (hour: number) => number): Life {
  const levels = new Levels();
  for (let at = 0; at <= hours * HOUR; at += FINEST) {
    const bytes = MiB * held(at / HOUR);
    levels.push(at, { held: bytes, own: bytes, resident: bytes, work: 1, crew: 1 });
  }
  const life = lifeOf(levels);
  if (life === undefined) throw new Error('too short');
  return life;
}

/** From 100 MiB to 400 MiB in five hours. */
const leak = live(5, (hour) => 100 + 60 * hour);
const ceiling = 400 * MiB;

describe('lives that their ceiling ended', () => {
  it('leak when they grew to the last, however short they were', () => {
    expect(exhaustingLives([leak], ceiling)).toMatchObject({ count: 1 });
    const found = exhaustingLives([leak, leak, leak], ceiling);
    expect(found).toMatchObject({ count: 3 });
    expect((found?.rate ?? 0) / MiB).toBeCloseTo(60, -1);
  });

  it('do not when they could have held more, or only the last of them could not', () => {
    expect(exhaustingLives([leak, leak], 1.5 * ceiling)).toBeUndefined();
    const idle = live(5, () => 100);
    expect(exhaustingLives([leak, idle], ceiling)).toBeUndefined();
    expect(exhaustingLives([idle, leak], ceiling)).toMatchObject({ count: 1 });
  });

  it('do not when they were full before they ended', () => {
    const cache = live(5, (hour) => 100 + 300 * (1 - Math.exp(-hour)));
    expect(cache.last).toBeGreaterThan(0.9 * ceiling);
    expect(exhaustingLives([cache, cache], ceiling)).toBeUndefined();
  });

  it('say nothing where an earlier version did not keep what they held in the end', () => {
    const { last: _, ...kept } = leak;
    expect(exhaustingLives([kept, kept], ceiling)).toBeUndefined();
  });
});

describe('what is kept of a life', () => {
  it('takes thirds of the same length of however few buckets', () => {
    for (let hours = 1; hours < 40; hours += 1) {
      const { early, late } = live(hours, (hour) => 100 + 10 * hour);
      expect(late / early, `${hours} h`).toBeCloseTo(1, 2);
    }
  });
});
