import { describe, expect, it } from 'vitest';
import { passage } from '../../../src/core/trend/passage.ts';

describe('the time until the peaks of a rising line reach a ceiling', () => {
  it('is that of the line where all peaks lie on it', () => {
    expect(passage(Float64Array.of(10, 10, 10, 10), { ceiling: 20, rise: 2 })).toBeCloseTo(5, 9);
    expect(passage(Float64Array.of(10, 10, 10, 10), { ceiling: 10, rise: 2 })).toBe(0);
  });

  it('comes when one of few peaks is as likely as not to have come by', () => {
    // One bucket of ten reaches higher by 100: 0.9 ** 6 is above a half, 0.9 ** 7 below.
    const above = Float64Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 100);
    const hours = passage(above, { ceiling: 100, rise: 1 });
    expect(hours).toBeGreaterThan(6);
    expect(hours).toBeLessThan(7);
  });

  it('is what chance makes of it', () => {
    const above = Float64Array.from({ length: 50 }, (_, index) => (index * 7919) % 50).sort();
    const said = passage(above, { ceiling: 120, rise: 0.7 });
    let state = 1;
    const random = (): number => {
      state = (state * 16_807) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const times = Array.from({ length: 2001 }, () => {
      let bucket = 0;
      do bucket += 1;
      while ((above[Math.floor(random() * 50)] ?? 0) + 0.7 * bucket < 120);
      return bucket;
    }).sort((one, other) => one - other);
    expect(Math.abs(said - (times[1000] ?? 0))).toBeLessThan(1.5);
  });
});
