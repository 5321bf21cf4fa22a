import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseHidepid } from '../../../src/sources/proc/access.ts';
import { parseMeminfo, parsePressure } from '../../../src/sources/proc/host.ts';
import { readMachine } from '../../../src/sources/proc/machine.ts';
import { mayBeReused } from '../../../src/sources/proc/pids.ts';

test('pages and clock ticks are what getconf says', () => {
  const getconf = (name: string) => Number(execFileSync('getconf', [name], { encoding: 'utf8' }));
  expect(readMachine()).toEqual({ page: getconf('PAGESIZE'), ticks: getconf('CLK_TCK') });
  expect(readMachine('/nowhere')).toEqual({ page: 4096, ticks: 100 });
});

test('any text of meminfo and pressure gives finite figures', () => {
  const text = fc.string({
    unit: fc.constantFrom('MemTotal:', ' ', '\n', '12', ' kB', 'some avg10=', '1.5', ' avg60=', '-', 'x'),
  });
  fc.assert(
    fc.property(text, (content) => {
      for (const figure of parseMeminfo(content).values()) expect(Number.isFinite(figure)).toBe(true);
      for (const figure of Object.values(parsePressure(content) ?? {})) expect(Number.isFinite(figure)).toBe(true);
    }),
  );
});

test.each([
  ['proc /proc proc rw,relatime,hidepid=2 0 0', '2'],
  ['proc /proc proc rw,hidepid=invisible,gid=4 0 0', 'invisible'],
  ['proc /proc proc rw,hidepid=off 0 0', undefined],
  ['proc /host/proc proc rw,hidepid=2 0 0', undefined],
  ['proc /proc proc rw 0 0\nproc /proc proc rw,hidepid=2 0 0', '2'],
  ['proc /proc proc rw,hidepid=2 0 0\nproc /proc proc rw 0 0', undefined],
  ['', undefined],
])('the mount %j hides by %s', (mounts, hidepid) => {
  expect(parseHidepid(mounts, '/proc')).toBe(hidepid);
});

test('only pids that were given out in between are in doubt', () => {
  expect(mayBeReused(100, 200, 250)).toBe(false);
  expect(mayBeReused(250, 200, 250)).toBe(true);
  expect(mayBeReused(200, 200, 250)).toBe(false);
  expect(mayBeReused(100, 32_000, 150)).toBe(true);
  expect(mayBeReused(32_100, 32_000, 150)).toBe(true);
  expect(mayBeReused(5000, 32_000, 150)).toBe(false);
  expect(mayBeReused(5, undefined, 150)).toBe(true);
});
