import { expect, it } from 'vitest';
import { growthOf } from '../../src/cli/history/growth.ts';
import type { HostPoint, LifePoint, SumPoint } from '../../src/core/history/read.ts';

const MIB = 2 ** 20;

function life(pss: number, uss: number, rss: number): LifePoint {
  const rest = { time: 0, age: 0, count: 1, swap: 0, anon: 0, file: 0, shmem: 0, dirty: 0 };
  const extremes = { pss: 0, uss: 0, swap: 0 };
  return { ...rest, least: extremes, most: extremes, pss: pss * MIB, uss: uss * MIB, rss: rss * MIB };
}

it('tells what a process took from what came to it as others ended', () => {
  // 200 MiB are shared by five; it takes 30 MiB of its own; three of the others end, then the last one.
  const points = [life(50, 10, 210), life(80, 40, 240), life(140, 40, 240), life(240, 240, 240)];
  const { total, own, share } = growthOf(points) ?? { total: 0, own: 0, share: 0 };
  expect(Math.round(total / MIB)).toBe(190);
  expect(Math.round(own / MIB)).toBe(30);
  expect(Math.round(share / MIB)).toBe(160);
});

it('tells nothing of the host, of one point, and passes over sums that were not read whole', () => {
  expect(growthOf([life(50, 10, 210)])).toBeUndefined();
  expect(growthOf([{ time: 0, total: 9, available: 3 } as HostPoint, { time: 1 } as HostPoint])).toBeUndefined();
  const sum = (pss: number, read: number): SumPoint =>
    ({ ...life(pss, pss, pss), processes: 3, read }) as unknown as SumPoint;
  expect(growthOf([sum(10, 3), sum(500, 2), sum(12, 3)])?.own).toBe(2 * MIB);
});
