import { expect, it } from 'vitest';
import { ageOf } from '../../src/core/runs.ts';

const HOUR = 3_600_000;
const then = { boot: 'a', uptime: 10 * HOUR, time: 100 * HOUR };

it('within one boot the clock on the wall makes nothing older or younger', () => {
  for (const time of [0, 100 * HOUR, 1000 * HOUR]) {
    expect(ageOf(then, { boot: 'a', uptime: 11 * HOUR, time })).toBe(HOUR);
  }
});

it('what was before this boot is as old as the clock says, and at least as old as the boot', () => {
  expect(ageOf(then, { boot: 'b', uptime: HOUR, time: 103 * HOUR })).toBe(3 * HOUR);
  expect(ageOf(then, { boot: 'b', uptime: HOUR, time: 99 * HOUR })).toBe(HOUR);
});
