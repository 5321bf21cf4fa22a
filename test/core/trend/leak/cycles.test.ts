import { describe, expect, it } from 'vitest';
import { findLeak, type LeakFinding } from '../../../../src/core/trend/leak/judge.ts';
import { FINEST, Levels } from '../../../../src/core/trend/levels.ts';

const HOUR = 3_600_000;
const GiB = 2 ** 30;

/** What is found of the first `hours` of a series. */
function judge(hours: number, held: (hour: number) => number): LeakFinding {
  const levels = new Levels();
  for (let at = 0; at < hours * HOUR; at += FINEST) {
    const bytes = GiB * held(at / HOUR);
    levels.push(at, { held: bytes, own: bytes, resident: bytes, work: 1, crew: 1 });
  }
  return findLeak({ levels, lives: [] }, { age: hours, ceiling: Number.POSITIVE_INFINITY, cold: 24 });
}

const tooth = (hours: number, every: number): number => (hours % every) / every;

describe('memory that was given back before', () => {
  it('is no leak while it climbs as long again, however evenly', () => {
    // Three teeth of a day and a quarter; the last of them has climbed for 24 hours.
    const climb = (hour: number): number => 1 + tooth(hour, 30);
    expect(judge(84, climb)).toMatchObject({ grade: undefined, look: { stopped: 'cycle' } });
    expect(judge(88, climb).grade).toBeUndefined();
  });

  it('is no leak after the end of a cycle of which no one knows when it began', () => {
    const climb = (hour: number): number => (hour < 4 ? 2 + hour / 20 : 1 + (hour - 4) / 40);
    expect(judge(32, climb)).toMatchObject({ grade: undefined, look: { stopped: 'cycle' } });
    expect(judge(44, climb).grade).toBe('page');
  });

  it('hides no leak that goes on from cycle to cycle, nor one that came without any', () => {
    expect(judge(30, (hour) => 1 + hour / 50 + 0.8 * tooth(hour, 2)).grade).toBe('page');
    expect(judge(25, (hour) => 1 + hour / 50).grade).toBe('page');
  });

  it('hides no leak that every one of a few bursts left higher', () => {
    const burst = (hour: number): number => ((hour + 8) % 11 < 3 ? 1 : 0);
    expect(judge(30, (hour) => 1 + hour / 50 + burst(hour)).grade).toBe('page');
    // The same bursts over what comes back to where it was are a cycle.
    expect(judge(30, (hour) => 1 + tooth(hour, 28) + burst(hour)).grade).toBeUndefined();
  });
});
