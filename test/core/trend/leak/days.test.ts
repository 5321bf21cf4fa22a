import { describe, expect, it } from 'vitest';
import { findLeak, type LeakFinding } from '../../../../src/core/trend/leak/judge.ts';
import { FINEST, Levels } from '../../../../src/core/trend/levels.ts';

const HOUR = 3_600_000;
const GiB = 2 ** 30;

type Moment = (hour: number) => number;

/** What is found of the first `hours` of a series, looked at every half an hour as the daemon does: the first that is told. */
function firstAlarm(hours: number, held: Moment, work: Moment = () => 1): LeakFinding | undefined {
  const levels = new Levels();
  let since: number | undefined;
  for (let at = 0; at < hours * HOUR; at += FINEST) {
    const bytes = GiB * held(at / HOUR);
    levels.push(at, { held: bytes, own: bytes, resident: bytes, work: work(at / HOUR), crew: 4 });
    if (levels.newest - (since ?? 0) < 8) continue;
    const evidence = { levels, lives: [], ...(since !== undefined && { since }) };
    const found = findLeak(evidence, { age: at / HOUR, ceiling: Number.POSITIVE_INFINITY, cold: 24 });
    since = levels.newest;
    if (found.grade === 'confirmed' || found.grade === 'page') return found;
  }
  return undefined;
}

/** High by day, low by night; at its lowest at hour 16. */
const swing: Moment = (hour) => 0.5 + 0.5 * Math.cos((2 * Math.PI * (hour - 4)) / 24);

describe('a day held against the one before', () => {
  it('shows a leak under a daily swing of its own size before the second day is over', () => {
    const found = firstAlarm(36, (hour) => 1 + 0.4 * swing(hour) + 0.012 * hour);
    expect(found?.look).toMatchObject({ manner: 'days' });
    // 12 MiB an hour of the 1 GiB make 28.8 % in a day.
    expect((found?.look?.grown ?? 0) / GiB).toBeCloseTo(0.288, 2);
  });

  it('shows none where a day is like the other, nor where it is only busier', () => {
    expect(firstAlarm(47, (hour) => 1 + 0.4 * swing(hour))).toBeUndefined();
    const busier: Moment = (hour) => (1 + swing(hour)) * (hour < 24 ? 1 : 1.3);
    expect(firstAlarm(47, (hour) => 1 + 0.4 * busier(hour), busier)).toBeUndefined();
  });

  it('shows none where a cache fills that is full in the end', () => {
    expect(firstAlarm(47, (hour) => 1 + 0.2 * swing(hour) + 0.6 * (1 - Math.exp(-hour / 10)))).toBeUndefined();
  });
});
