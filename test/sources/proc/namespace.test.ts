import { mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { containerMemory, showsPart } from '../../../src/sources/proc/namespace.ts';

const folder = mkdtempSync(join(tmpdir(), 'psstop-namespace-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MiB = 2 ** 20;
const host = { total: 1000 * MiB, available: 900 * MiB, anon: 500 * MiB, mapped: 100 * MiB, swapTotal: 0, swapFree: 0 };

function cgroup(name: string, files: Record<string, string>): string {
  const root = join(folder, name);
  mkdirSync(root);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(root, file), text);
  return root;
}

test('a proc file system shows a part when its PID namespace is not the first', () => {
  for (const [name, link] of [
    ['whole', 'pid:[4026531836]'],
    ['part', 'pid:[4026532201]'],
  ] as const) {
    mkdirSync(join(folder, name, 'self/ns'), { recursive: true });
    symlinkSync(link, join(folder, name, 'self/ns/pid'));
  }
  expect(showsPart(join(folder, 'whole'))).toBe(false);
  expect(showsPart(join(folder, 'part'))).toBe(true);
  expect(showsPart(join(folder, 'nowhere'))).toBe(false);
});

test('the first process tells more than we ourselves, who may look from outside, or out of a container', () => {
  const link = (name: string, process: string, to: string): void => {
    mkdirSync(join(folder, name, process, 'ns'), { recursive: true });
    symlinkSync(to, join(folder, name, process, 'ns/pid'));
  };
  link('mounted', '1', 'pid:[4026531836]');
  link('mounted', 'self', 'pid:[4026532201]');
  link('outside', '1', 'pid:[4026532201]');
  expect(showsPart(join(folder, 'mounted'))).toBe(false);
  expect(showsPart(join(folder, 'outside'))).toBe(true);
  expect(showsPart('/proc')).toBe(readlinkSync('/proc/self/ns/pid') !== 'pid:[4026531836]');
});

test("a container's memory is what its cgroup counts and allows", () => {
  const stat = `anon ${40 * MiB}\nfile_mapped ${10 * MiB}\ninactive_file ${5 * MiB}\n`;
  const limited = cgroup('limited', {
    'memory.stat': stat,
    'memory.max': `${200 * MiB}\n`,
    'memory.current': `${60 * MiB}\n`,
  });
  expect(containerMemory(host, limited)).toEqual({
    ...host,
    ...{ total: 200 * MiB, available: 145 * MiB, anon: 40 * MiB, mapped: 10 * MiB },
  });
  const free = cgroup('free', { 'memory.stat': stat, 'memory.max': 'max\n', 'memory.current': `${60 * MiB}\n` });
  expect(containerMemory(host, free)).toEqual({ ...host, anon: 40 * MiB, mapped: 10 * MiB });
});

test('where no cgroup tells, what the processes hold together is not known', () => {
  expect(containerMemory(host, join(folder, 'nowhere'))).toEqual({ ...host, anon: 0, mapped: 0 });
});
