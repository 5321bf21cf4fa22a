import { describe, expect, it } from 'vitest';
import { type Beside, History } from '../../../src/core/trend/history.ts';
import { MOST_LIVES } from '../../../src/core/trend/leak/lives.ts';
import { WORK } from '../../../src/core/trend/level-ring.ts';
import { FINEST } from '../../../src/core/trend/levels.ts';

const HOUR = 3_600_000;

function beside(more: Partial<Beside> = {}): Beside {
  return { own: 1, resident: 1, crew: 4, cpu: Number.NaN, cpuAt: 0, ...more };
}

/** Lives one after the other, each of so many hours and growing by 1000 an hour from a million. */
function lived(count: number, hours: number): History {
  const history = new History(FINEST, 0);
  for (let life = 0; life < count; life += 1) {
    const born = life * hours * HOUR;
    if (life > 0) history.restart(born);
    for (let at = 0; at < hours * HOUR; at += FINEST) {
      const held = 1e6 + (1000 * at) / HOUR;
      history.push(born + at, held, beside({ own: held, resident: held }));
    }
  }
  return history;
}

describe('the history of a target', () => {
  it('makes a load of CPU time, and none across a restart or of what is not known', () => {
    const history = new History(FINEST, 0);
    for (const [index, cpu] of [0, 0.25 * FINEST, 0.75 * FINEST, 0.1 * FINEST, Number.NaN].entries()) {
      history.push(index * FINEST, 1, beside({ cpu, cpuAt: index * FINEST }));
    }
    history.push(5 * FINEST, 1, beside());
    const [ring] = history.levels.rings;
    expect([0, 1, 2, 3, 4].map((bucket) => ring?.at(bucket, WORK))).toEqual([NaN, 0.25, 0.5, NaN, NaN]);
  });

  it('makes no load of a figure that was not looked at again, and counts all the time when it was', () => {
    const history = new History(FINEST, 0);
    const looks = [0, 0, 0, 3].map((index) => ({ cpu: index * 0.5 * FINEST, cpuAt: index * FINEST }));
    for (const [index, look] of looks.entries()) history.push(index * FINEST, 1, beside(look));
    history.push(4 * FINEST, 1, beside());
    const [ring] = history.levels.rings;
    expect([0, 1, 2, 3].map((bucket) => ring?.at(bucket, WORK))).toEqual([NaN, NaN, NaN, 0.5]);
  });

  it('keeps what each life retained, of the last ones', () => {
    const history = lived(3, 10);
    expect(history.lives).toHaveLength(2);
    const [life] = history.lives;
    expect(life?.hours).toBeGreaterThan(9);
    expect(life?.level).toBeGreaterThan(1e6 + 1700);
    expect((life?.late ?? 0) / (life?.early ?? 1)).toBeCloseTo(1, 0);
    expect(lived(MOST_LIVES + 5, 1).lives).toHaveLength(MOST_LIVES);
  });

  it('counts no life of a few minutes', () => {
    expect(lived(3, 0.3).lives).toEqual([]);
  });

  it('is the same again when it is saved and restored', () => {
    const history = lived(3, 10);
    const restored = new History(FINEST, 0);
    expect(restored.restore(structuredClone(history.save()))).toBe(true);
    expect(restored.save()).toEqual(history.save());
    expect(new History(FINEST / 2, 0).restore(history.save())).toBe(false);
  });
});
