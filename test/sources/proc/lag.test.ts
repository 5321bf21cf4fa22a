import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findLag, isBefore } from '../../../src/sources/proc/lag.ts';
import { readMachine } from '../../../src/sources/proc/machine.ts';

const { page } = readMachine();

/** The cheap figure of a process and the one that is counted page by page, bytes; undefined where it moves, or can't be read. */
function compare(pid: string): { cheap: number; counted: number; threads: number } | undefined {
  const read = (file: string): string => readFileSync(`/proc/${pid}/${file}`, 'latin1');
  const resident = (): number => Number(read('statm').split(' ')[1]) * page;
  try {
    const before = resident();
    const counted = Number(/^Rss: +(\d+) kB$/m.exec(read('smaps_rollup'))?.[1]) * 1024;
    const threads = Number(/^Threads:\t(\d+)$/m.exec(read('status'))?.[1]);
    return before === resident() ? { cheap: before, counted, threads } : undefined;
  } catch {
    return undefined;
  }
}

test('with its lag the cheap figure of no process is below the one that is counted page by page', () => {
  const { pages, pagesOfThread } = findLag(page);
  const seen = readdirSync('/proc').flatMap((pid) => (/^\d+$/.test(pid) ? (compare(pid) ?? []) : []));
  expect(seen.length).toBeGreaterThan(0);
  for (const { cheap, counted, threads } of seen) {
    expect(cheap + page * (pages + threads * pagesOfThread)).toBeGreaterThanOrEqual(counted);
  }
});

test('a kernel that counts exactly is always known as one', () => {
  // Within a process nothing changes between two kernels: the first answer is the right one, or none of them is.
  const answers = Array.from({ length: 10 }, () => JSON.stringify(findLag(page)));
  expect(new Set(answers).size).toBe(1);
});

test.each([
  ['6.1.0-18-amd64', true],
  ['6.2.0', false],
  ['6.18.44-fc-v669', false],
  ['5.15.153.1-microsoft-standard-WSL2', true],
  ['4.19.0', true],
  ['7.0.0-rc1', false],
  ['10.0', false],
  ['unknown', false],
])('kernel %s comes before 6.2: %s', (kernel, before) => {
  expect(isBefore(kernel, [6, 2])).toBe(before);
});
