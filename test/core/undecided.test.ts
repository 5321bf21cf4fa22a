import { expect, it } from 'vitest';
import { advance } from '../../src/core/advance.ts';
import { emptyMemory } from '../../src/core/memory.ts';
import type { Condition, Rule } from '../../src/core/types.ts';
import { formatOpen, undecidedOf } from '../../src/core/undecided.ts';
import { MiB, pssAbove, rule, sample, snapshot } from './world.ts';

const LIMIT = 100 * MiB;
const when: Condition = {
  ...pssAbove(LIMIT),
  doubts: (target) => (pssAbove(LIMIT).test(target) ? [] : [{ measure: 'pss', limit: LIMIT }]),
};
const budget = rule({ name: 'budget', when, by: 'process', severity: 'critical' });

const big = sample({ pid: 1, name: 'big', pss: 200 * MiB });
const dark = sample({ pid: 2, name: 'dark', rss: 300 * MiB, unread: 'postponed' });
const late = sample({ pid: 3, name: 'late', rss: 150 * MiB, unread: 'late' });

function judged(rules: readonly Rule[], ...processes: (typeof big)[][]) {
  const memory = emptyMemory();
  processes.forEach((members, turn) => {
    advance(memory, rules, snapshot(10 * (turn + 1), members));
  });
  return undecidedOf(memory);
}

it('tells which rules wait for a reading, since when, and what is known meanwhile', () => {
  const [first, second, ...rest] = judged([budget], [big, dark], [big, dark, late], [big, late, dark]);
  expect(first).toEqual({
    ...{ rule: 'budget', severity: 'critical', target: 'dark[2]', since: 10_000 },
    open: [{ measure: 'pss', unit: 'bytes', atLeast: 0, atMost: 300 * MiB, limit: LIMIT }],
  });
  expect(second).toMatchObject({ target: 'late[3]', since: 20_000 });
  expect(rest).toEqual([]);
  expect(first && formatOpen(first)).toBe('pss at most 300 MiB, limit 100 MiB');
});

it('forgets it once the process was read, or is gone', () => {
  const read = sample({ pid: 2, name: 'dark', pss: 10 * MiB });
  expect(judged([budget], [big, dark], [big, read])).toEqual([]);
  expect(judged([budget], [big, dark], [big])).toEqual([]);
});

it('forgets it while a process that fires is away', () => {
  const firing = sample({ pid: 2, name: 'dark', pss: 300 * MiB });
  expect(judged([budget], [firing], [dark])).toHaveLength(1);
  expect(judged([budget], [firing], [dark], [big])).toEqual([]);
});

it('leaves out rules that are only tried out', () => {
  expect(judged([{ ...budget, mode: 'shadow' }], [dark])).toEqual([]);
});

it('says nothing of what has no bound at all', () => {
  const swap: Condition = { wants: [], test: () => undefined, doubts: () => [{ measure: 'swap' }] };
  const [open] = judged([rule({ when: swap })], [dark]);
  expect(open?.open).toEqual([{ measure: 'swap', unit: 'bytes', atLeast: 0 }]);
  expect(open && formatOpen(open)).toBe('swap not known');
});
