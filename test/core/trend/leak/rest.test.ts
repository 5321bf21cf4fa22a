import { describe, expect, it } from 'vitest';
import { findLeak } from '../../../../src/core/trend/leak/judge.ts';
import { lookAtRest } from '../../../../src/core/trend/leak/rest.ts';
import { FINEST, Levels } from '../../../../src/core/trend/levels.ts';
import { noiseFrom } from '../noise.ts';

const HOUR = 3_600_000;
const GiB = 2 ** 30;

type Moment = (hour: number) => number;

interface Scene {
  readonly hours: number;
  readonly work?: Moment;
  /** Share of it that is its own; the rest it shares with others. */
  readonly own?: Moment;
}

/** The history of what was held, in GiB, with some noise. */
function history(held: Moment, { hours, work = () => 1, own = () => 1 }: Scene): Levels {
  const levels = new Levels();
  const noise = noiseFrom(7, 0.5);
  for (let at = 0; at < hours * HOUR; at += FINEST) {
    const hour = at / HOUR;
    const bytes = GiB * (held(hour) + 0.001 * noise());
    levels.push(at, { held: bytes, own: bytes * own(hour), resident: bytes, work: work(hour), crew: 4 });
  }
  return levels;
}

function look(held: Moment, scene: Scene) {
  const about = { age: scene.hours, ceiling: Number.POSITIVE_INFINITY, cold: 24 };
  return lookAtRest(history(held, scene), about);
}

const swing: Moment = (hour) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (hour - 5)) / 24);
const warmUp =
  (size: number, hours: number): Moment =>
  (hour) =>
    size * (1 - Math.exp(-hour / hours));

describe('what goes on when all that may explain it is taken away', () => {
  it('shows a leak under a warm-up that is not over', () => {
    const held: Moment = (hour) => 1 + 0.02 * hour + warmUp(1.5, 4)(hour);
    const found = look(held, { hours: 36 });
    expect(found).toMatchObject({ manner: 'rest', stopped: undefined });
    expect((found?.rate ?? 0) / GiB).toBeGreaterThan(0.015);
    expect((found?.rate ?? 0) / GiB).toBeLessThan(0.022);
    const levels = history(held, { hours: 36 });
    const verdict = findLeak({ levels, lives: [] }, { age: 36, ceiling: Number.POSITIVE_INFINITY, cold: 24 });
    expect(verdict).toMatchObject({ grade: 'page', look: { manner: 'rest' } });
  });

  it('shows a leak under the load, and under a day that no load tells of', () => {
    const held: Moment = (hour) => 1 + 0.02 * hour + 0.3 * swing(hour);
    expect(look(held, { hours: 40, work: (hour) => 1 + swing(hour) })?.manner).toBe('rest');
    expect(look(held, { hours: 34 })?.manner).toBe('rest');
  });

  it('shows none in what warms up, fills, breaks into fragments, follows the load or the hour', () => {
    const healthy: readonly (readonly [string, Moment, Moment?])[] = [
      ['flat', () => 1],
      ['warm-up', (hour) => 1 + warmUp(2, 5)(hour)],
      ['cache', (hour) => 1 + warmUp(2, 20)(hour)],
      ['cache under a day', (hour) => 1 + warmUp(0.6, 10)(hour) + 0.2 * swing(hour)],
      ['fragmentation', (hour) => 1 + 0.2 * Math.log1p(hour / 2)],
      ['load', (hour) => 1 + 0.02 * hour, (hour) => 1 + 0.03 * hour],
      ['day', (hour) => 1 + 0.5 * swing(hour)],
      ['step', (hour) => (hour < 12 ? 1 : 1.5)],
      ['cycle', (hour) => (hour < 8 ? 1.6 + hour / 20 : 1 + (hour - 8) / 30)],
    ];
    for (const [name, held, work = () => 1] of healthy) {
      for (const hours of [25, 30, 36, 42, 47]) expect(look(held, { hours, work }), `${name} ${hours}`).toBeUndefined();
    }
  });

  it('shows none where private memory did not grow along', () => {
    const held: Moment = (hour) => 1 + 0.02 * hour;
    expect(look(held, { hours: 30 })?.manner).toBe('rest');
    expect(look(held, { hours: 30, own: (hour) => 0.5 / held(hour) })).toBeUndefined();
  });

  it('waits for a cold start, and ends when the oldest of it is lost', () => {
    const held: Moment = (hour) => 1 + 0.02 * hour;
    expect(look(held, { hours: 22 })).toBeUndefined();
    expect(look(held, { hours: 60 })).toBeUndefined();
  });
});
