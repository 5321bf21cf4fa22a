import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hashBuild } from '../../../src/sources/proc/build.ts';
import type { EntryContext } from '../../../src/sources/proc/entry.ts';
import { newEntry, updateEntry } from '../../../src/sources/proc/follow.ts';
import { WANT_BUILD } from '../../../src/sources/proc/layout.ts';
import { emptyStat } from '../../../src/sources/proc/stat.ts';
import { type Started, start } from './start.ts';

let folder: string;
const children: ChildProcess[] = [];
const sources: Started['source'][] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'psstop-build-'));
});
afterEach(async () => {
  for (const source of sources.splice(0)) await source.close();
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** Puts a program where the last one was, as an installer does, and runs it. */
function install(): ChildProcess {
  copyFileSync('/bin/sleep', join(folder, 'new'));
  renameSync(join(folder, 'new'), join(folder, 'app'));
  const child = spawn(join(folder, 'app'), ['600'], { stdio: 'ignore' });
  children.push(child);
  return child;
}

it('is the same for all processes of a program, and another one once it was replaced', async () => {
  const [first, second] = [install(), spawn(join(folder, 'app'), ['600'], { stdio: 'ignore' })];
  children.push(second);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const { source } = start();
  sources.push(source);
  await source.snapshot();
  const third = install();
  await new Promise((resolve) => setTimeout(resolve, 100));
  await source.snapshot();
  const { processes } = await source.snapshot();
  const [one, same, other] = [first, second, third].map(
    ({ pid }) => processes.find(({ process }) => process.pid === pid)?.process,
  );
  expect(one?.build).toMatch(/^[0-9a-z]+$/);
  expect(same?.build).toBe(one?.build);
  expect(other?.build).toMatch(/^[0-9a-z]+$/);
  expect(other?.build).not.toBe(one?.build);
  expect(other?.exe).toBe(one?.exe);
});

it('is a whole number that tells files apart, and 0 where there is none', () => {
  const hashes = Array.from({ length: 200 }, (_, index) => {
    writeFileSync(join(folder, `${index}`), 'x'.repeat(index));
    return hashBuild(join(folder, `${index}`));
  });
  expect(new Set(hashes).size).toBe(200);
  expect(hashes.every((hash) => Number.isSafeInteger(hash) && hash > 0)).toBe(true);
  expect(hashBuild(join(folder, '7'))).toBe(hashes[7]);
  expect(hashBuild(join(folder, 'none'))).toBe(0);
});

it('is not asked for again where that hung, and is where there was no time', () => {
  const context = {
    root: folder,
    uptime: 1_000_000,
    machine: { page: 4096, ticks: 100 },
    lag: { pages: 0, pagesOfThread: 0 },
    details: { exe: true, user: false },
    settled: () => undefined,
  } as unknown as EntryContext;
  const entry = newEntry(7, emptyStat(), context);
  const ask = () => {
    context.uptime += 1_000_000;
    updateEntry(entry, emptyStat(), context);
    return (entry.flags & WANT_BUILD) !== 0;
  };
  expect(ask()).toBe(true);
  entry.settle('late');
  expect(entry.flags & WANT_BUILD).toBe(WANT_BUILD);
  entry.settle('stuck');
  expect(ask()).toBe(false);
  expect(entry.build).toBe('');
});
