import { describe, expect, it } from 'vitest';
import { newestReading, sumOfReadings } from '../../src/core/readings.ts';
import type { ProcessSample } from '../../src/core/types.ts';
import { MiB, sample } from './world.ts';

describe('the last readings of a group', () => {
  const at = (age: number, more: Partial<ProcessSample> = {}): ProcessSample => {
    const { exact, ...bare } = sample({ pid: 1, pss: 10 * MiB }, 100_000 - age);
    return { ...bare, ...(exact && { last: exact }), ...more };
  };
  const recent = (...members: ProcessSample[]): number | undefined =>
    sumOfReadings(members, { uptime: 100_000, age: 5_000 })?.pss;

  it('takes readings that are young enough, or of which nothing has changed', () => {
    expect(recent(at(5_000), at(4_999))).toBe(20 * MiB);
    expect(recent(at(5_001))).toBeUndefined();
    expect(recent(at(90_000, { still: true }), at(0))).toBe(20 * MiB);
    expect(recent(at(0), sample({ pid: 2, rss: MiB, unread: 'denied' }))).toBeUndefined();
    expect(recent(at(0), { ...sample({ pid: 2, rss: MiB }), unread: 'gone' })).toBe(10 * MiB);
    expect(recent()).toBe(0);
  });

  it('adds up every figure, and tells the time of the oldest', () => {
    const one = { at: 7, pss: 1, swapPss: 2, rss: 3, uss: 4, anon: 5, file: 6, shmem: 7, dirty: 8 };
    const { process } = sample({ pid: 1 });
    const members = [10, 100, 1000].map((by): ProcessSample => {
      const figures = Object.entries(one).map(([name, figure]) => [name, figure * by]);
      return { process, rss: 0, exact: { ...one, ...Object.fromEntries(figures) } };
    });
    const sum = { ...sumOfReadings(members, { uptime: 9_000, age: 10 }) };
    const wanted = Object.entries(one).map(([name, figure]) => [name, figure * 1110]);
    expect(sum).toEqual({ ...Object.fromEntries(wanted), at: 70 });
    // What was added up before is no part of it.
    expect(sumOfReadings(members.slice(1), { uptime: 9_000, age: 10 })?.pss).toBe(1100);
  });
});

it('is as new as the newest reading, or as now where somebody stood still', () => {
  const { process, exact } = sample({ pid: 1, pss: MiB }, 500);
  const last = (at: number): ProcessSample => ({ process, rss: MiB, ...(exact && { last: { ...exact, at } }) });
  expect(newestReading([last(300), last(400), { process, rss: MiB }], 900)).toBe(400);
  expect(newestReading([last(300), { ...last(400), still: true }], 900)).toBe(900);
  expect(newestReading([last(300), sample({ pid: 2, pss: MiB })], 900)).toBe(900);
  expect(newestReading([{ process, rss: MiB }], 900)).toBe(Number.NEGATIVE_INFINITY);
});
