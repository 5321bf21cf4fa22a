import { describe, expect, it } from 'vitest';
import { FLOOR, OWN, PEAK, RING, SEEN, WORK } from '../../../src/core/trend/level-ring.ts';
import { FINEST, Levels, type Sight } from '../../../src/core/trend/levels.ts';
import { randomFrom } from './noise.ts';

const DAY = 86_400_000;

function sight(held: number, more: Partial<Sight> = {}): Sight {
  return { held, own: held, resident: held, work: 1, crew: 4, ...more };
}

/** A history of values at a distance of `step` ms from 0 on. */
function filled(values: readonly number[], step = FINEST): Levels {
  const levels = new Levels();
  for (const [index, value] of values.entries()) levels.push(index * step, sight(value));
  return levels;
}

function floors(levels: Levels, level: number): number[] {
  const ring = levels.rings[level];
  if (ring?.newest === undefined) return [];
  return Array.from({ length: ring.newest - ring.oldest + 1 }, (_, index) => ring.at(ring.oldest + index, FLOOR));
}

describe('a history of levels', () => {
  it('keeps the least, the greatest and the mean of each bucket', () => {
    const levels = new Levels();
    for (const [second, held] of [50, 20, 80].entries()) levels.push(second * 1000, sight(held, { work: held }));
    levels.push(FINEST, sight(70));
    const [ring] = levels.rings;
    expect([FLOOR, PEAK, OWN, WORK].map((column) => ring?.at(0, column))).toEqual([20, 80, 20, 50]);
    expect(levels.latest).toBe(20);
  });

  it('merges four buckets into one of the next level, up to buckets of half a day', () => {
    const levels = filled(Array.from({ length: 2 * 512 + 1 }, (_, index) => 1000 + index));
    expect(floors(levels, 1).slice(-2)).toEqual([1000 + 1016, 1000 + 1020]);
    expect(floors(levels, 4)).toEqual([1000, 1256, 1512, 1768]);
    expect(floors(levels, 0)).toHaveLength(RING);
  });

  it('holds in every bucket what a look at all values finds there', () => {
    const random = randomFrom(3);
    const values = Array.from({ length: 6000 }, () => Math.round(1e6 * random()));
    const levels = filled(values, FINEST / 3);
    for (const [level, ring] of levels.rings.entries()) {
      const per = 3 * 4 ** level;
      const complete = values.length - (values.length % 3 || 3);
      for (let bucket = ring.oldest; bucket <= (ring.newest ?? -1); bucket += 1) {
        const own = values.slice(bucket * per, Math.min((bucket + 1) * per, complete));
        expect(ring.at(bucket, FLOOR)).toBe(Math.min(...own));
        expect(ring.at(bucket, PEAK)).toBe(Math.max(...own));
      }
    }
  });

  it('knows nothing of a gap, and how much of a coarse bucket was seen', () => {
    const levels = new Levels();
    for (const bucket of [0, 1, 6, 7, 8]) levels.push(bucket * FINEST, sight(bucket + 1));
    const [fine, coarse] = levels.rings;
    expect([0, 1, 2, 5, 6].map((bucket) => fine?.at(bucket, FLOOR))).toEqual([1, 2, Number.NaN, Number.NaN, 7]);
    expect([0, 1].map((bucket) => coarse?.at(bucket, SEEN))).toEqual([0.5, 0.5]);
  });

  it('leaves out what is late, and forgets what is months old', () => {
    const levels = filled([5, 6, 7]);
    levels.push(0, sight(1));
    expect(floors(levels, 0)).toEqual([5, 6]);
    levels.push(90 * DAY, sight(9));
    levels.push(90 * DAY + FINEST, sight(9));
    expect(levels.rings.map((ring) => ring.at(ring.newest ?? -1, FLOOR))).toEqual([9, 9, 9, 9, 9]);
    expect(floors(levels, 4).filter((floor) => floor === 5)).toEqual([]);
  });

  it('counts its buckets from the start of the process', () => {
    const levels = new Levels(FINEST, 10_000);
    levels.push(10_000 + FINEST - 1, sight(1));
    levels.push(10_000 + FINEST, sight(2));
    expect(levels.newest).toBe(0);
  });

  it('is the same again when it is saved and restored', () => {
    const values = Array.from({ length: 3000 }, (_, index) => 1e6 + 17 * index);
    const levels = filled(values);
    const restored = new Levels();
    expect(restored.restore(structuredClone(levels.save()))).toBe(true);
    for (const more of [levels, restored]) for (let i = 3000; i < 3300; i += 1) more.push(i * FINEST, sight(i));
    expect(restored.save()).toEqual(levels.save());
  });

  it('refuses what was saved in another shape', () => {
    const saved = filled([1, 2, 3]).save();
    const levels = new Levels();
    const [first, ...rest] = saved.rings;
    expect(levels.restore({ ...saved, width: 1 })).toBe(false);
    expect(levels.restore({ ...saved, rings: rest })).toBe(false);
    expect(
      levels.restore({ ...saved, rings: [{ newest: 1, rows: first?.rows.slice(1) ?? new Float32Array(0) }, ...rest] }),
    ).toBe(false);
    expect(levels.newest).toBe(-1);
  });

  it('takes less than 10 kB, and little in its first hour', () => {
    const bytes = (days: number): number =>
      filled(Array.from({ length: 512 * days }, () => 1)).rings.reduce((sum, ring) => sum + ring.bytes, 0);
    expect(bytes(40)).toBeLessThan(9_216);
    expect(bytes(1 / 24)).toBeLessThan(2_048);
  });
});
