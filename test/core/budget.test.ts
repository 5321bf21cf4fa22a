import { expect, test } from 'vitest';
import { Budget, DEFAULT_SHARES } from '../../src/core/budget.ts';
import { GiB } from './world.ts';

test('whatever it costs: a newcomer is read at once, even one whose start was rounded into the future', () => {
  const budget = new Budget({ process: Number.POSITIVE_INFINITY, host: Number.POSITIVE_INFINITY });
  budget.refill(1_000_000);
  expect(budget.allows({ urgency: 'decide', startedAt: 1_000_000.0000000001, rss: GiB }, 1_000_000)).toBe(true);
  expect(budget.allows({ urgency: 'show', startedAt: 0, rss: GiB, last: { at: 1_000_000, took: 50 } }, 1_000_000)).toBe(
    true,
  );
});

test('a process waits until its last reading was a thousandth of the time since', () => {
  const budget = new Budget(DEFAULT_SHARES);
  budget.refill(0);
  const last = { at: 0, took: 20 };
  const mayRead = (uptime: number): boolean =>
    budget.allows({ urgency: 'decide', startedAt: 0, rss: GiB, last }, uptime);
  expect([5_000, 19_999, 20_000].map(mayRead)).toEqual([false, false, true]);
  expect(budget.allows({ urgency: 'act', startedAt: 0, rss: GiB, last }, 5_000)).toBe(true);
});
