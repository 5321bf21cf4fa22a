import { describe, expect, it } from 'vitest';
import { forecast } from '../../../src/core/trend/forecast.ts';
import { FINEST, Levels } from '../../../src/core/trend/levels.ts';
import { normalQuantile } from '../../../src/core/trend/normal.ts';
import { runForecasts, summary } from '../../bench/detection/forecast.mjs';
import { noiseFrom } from './noise.ts';

const NINETY = normalQuantile(0.95);
const HOUR = 3_600_000;
const GiB = 2 ** 30;

function history(hours: number, held: (hour: number) => number): Levels {
  const levels = new Levels();
  for (let at = 0; at < hours * HOUR; at += FINEST / 2) {
    levels.push(at, { held: held(at / HOUR), own: 0, resident: 0, work: 1, crew: 1 });
  }
  return levels;
}

describe('a forecast', () => {
  it('extends a line to its ceiling', () => {
    const made = forecast(
      history(30, (hour) => GiB * (1 + hour / 100)),
      1.5 * GiB,
      NINETY,
    );
    expect(made?.hours).toBeGreaterThan(19.5);
    expect(made?.hours).toBeLessThan(20.5);
    expect((made?.rate ?? 0) / GiB).toBeCloseTo(0.01, 4);
    expect(made?.low).toBeLessThan(20);
    expect(made?.high).toBeGreaterThan(20);
  });

  it('is not made of what stands still, wanders, falls, warms up or jumped', () => {
    const noise = noiseFrom(5, 0.5);
    const noisy = history(40, () => GiB * (1 + 0.01 * noise()));
    const made = forecast(noisy, 2 * GiB, NINETY);
    expect(made === undefined || made.high > 200).toBe(true);
    for (const held of [
      () => GiB,
      (hour: number) => GiB * (2 - hour / 100),
      (hour: number) => GiB * (2 - Math.exp(-hour / 3)),
      (hour: number) => GiB * (hour > 20 ? 1.5 : 1),
    ]) {
      expect(forecast(history(40, held), 4 * GiB, NINETY)?.hours ?? Number.POSITIVE_INFINITY).toBeGreaterThan(1000);
    }
  });

  it('says that the time is up when the ceiling is reached', () => {
    expect(
      forecast(
        history(10, (hour) => GiB * (1 + hour / 10)),
        1.5 * GiB,
        NINETY,
      )?.hours,
    ).toBe(0);
  });

  it('is about as far off as it says, on leaks that nothing was tuned on', () => {
    const results = runForecasts({ Levels, forecast }, { set: 'test', count: 8, deviate: NINETY });
    for (const left of [1, 3, 8, 24, 72]) {
      const { median, covered, given, asked } = summary(results, 'psstop', left);
      expect(given / asked, `${left} h`).toBeGreaterThan(0.8);
      expect(median, `${left} h`).toBeLessThan(left < 8 ? 0.5 : 0.3);
      expect(covered, `${left} h`).toBeGreaterThan(0.75);
    }
  }, 60_000);
});
