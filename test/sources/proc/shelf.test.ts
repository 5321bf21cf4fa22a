import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FIELD, FIELDS, STATUS } from '../../../src/sources/proc/layout.ts';
import { shelf } from '../../../src/sources/proc/shelf.ts';
import { keepOpen, readMemory } from '../../../src/sources/proc/smaps.ts';
import { until } from '../../cli/psstop.ts';

const SOON = 15_000;

/** The file behind a descriptor of ours. */
function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}

describe('a shelf', () => {
  let folder: string;
  let now = 0;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'psstop-shelf-'));
    now = 1_000_000;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function open(name: string): number {
    const path = join(folder, name);
    writeFileSync(path, name);
    return openSync(path, 'r');
  }
  /** Another file may have got the number of one that was closed. */
  const isOpen = (fd: number, name: string): boolean => linkOf(String(fd)) === join(folder, name);

  test('keeps what is read a second time soon after the first, and nothing before', () => {
    const { take, keep } = shelf(() => now);
    const fd = open('a');
    expect(take('a')).toBeUndefined();
    expect(keep('a', fd)).toBe(false);
    now += SOON;
    expect(take('a')).toBeUndefined();
    expect(keep('a', fd)).toBe(true);
    expect(take('a')).toBe(fd);
    expect(take('b')).toBeUndefined();
  });

  test('does not keep what is read seldom', () => {
    const { keep } = shelf(() => now);
    const fd = open('a');
    for (let i = 0; i < 5; i += 1) {
      expect(keep('a', fd)).toBe(false);
      now += SOON + 1;
    }
  });

  test('closes what was not read for a while, once another is handed in', () => {
    const { take, keep } = shelf(() => now);
    const [old, fresh] = [open('old'), open('fresh')];
    keep('old', old);
    keep('old', old);
    keep('fresh', fresh);
    keep('fresh', fresh);
    now += SOON - 1;
    take('fresh');
    now += 2;
    keep('another', -1);
    expect([isOpen(old, 'old'), isOpen(fresh, 'fresh')]).toEqual([false, true]);
    expect([take('old'), take('fresh')]).toEqual([undefined, fresh]);
  });

  test('closes what is dropped', () => {
    const { take, keep, drop } = shelf(() => now);
    const fd = open('a');
    keep('a', fd);
    keep('a', fd);
    drop('a');
    drop('a');
    expect([take('a'), isOpen(fd, 'a')]).toEqual([undefined, false]);
  });

  test('keeps no more than a few thousand', () => {
    const { keep } = shelf(() => now);
    for (let i = 0; i < 3000; i += 1) keep(`${i}`, -1);
    const kept = Array.from({ length: 3000 }, (_, i) => keep(`${i}`, -1));
    expect(kept.filter(Boolean)).toHaveLength(2048);
  });
});

describe('a file of /proc that is kept open', () => {
  const started: ChildProcess[] = [];
  afterAll(() => {
    for (const child of started) child.kill('SIGKILL');
  });

  async function start(...command: [string, ...string[]]): Promise<{ child: ChildProcess; folder: string }> {
    const [program, ...rest] = command;
    const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
    started.push(child);
    await once(child, 'spawn');
    return { child, folder: `/proc/${child.pid}/` };
  }

  function read(folder: string): { status: number; rss: number } {
    const record = new Float64Array(FIELDS);
    const status = readMemory(folder, record);
    return { status, rss: record[FIELD.rss] ?? 0 };
  }

  /** What a fresh look says, kB. */
  function rssOf(folder: string): number {
    return Number(/^Rss: +(\d+) kB$/m.exec(readFileSync(`${folder}smaps_rollup`, 'utf8'))?.[1]);
  }

  const isKept = (folder: string): boolean =>
    readdirSync('/proc/self/fd').some((fd) => linkOf(fd) === `${folder}smaps_rollup`);

  test('tells the truth after another program was executed, and is let go when its process ends', async () => {
    keepOpen();
    const ready = "process.stdin.resume(); setImmediate(() => process.stdout.write('ready'))";
    const { child, folder } = await start('sh', '-c', 'echo; read line; exec "$0" -e "$1"', process.execPath, ready);
    // Until then it is still being loaded, and grows; then it waits for the line.
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    await until(() => /^State:\tS/m.test(readFileSync(`${folder}status`, 'utf8')));
    for (let i = 0; i < 3; i += 1) expect(read(folder)).toEqual({ status: STATUS.ok, rss: rssOf(folder) });
    expect(isKept(folder)).toBe(true);
    const before = read(folder).rss;

    child.stdin?.write('go\n');
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    const after = read(folder);
    expect(after.status).toBe(STATUS.ok);
    expect(after.rss).toBeGreaterThan(5 * before);
    expect(Math.abs(after.rss - rssOf(folder))).toBeLessThan(0.05 * after.rss);
    read(folder);
    expect(isKept(folder)).toBe(true);

    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(read(folder).status).toBe(STATUS.gone);
    expect(isKept(folder)).toBe(false);
  });

  test('tells of a zombie what a fresh look tells', async () => {
    keepOpen();
    // A program that never waits for the child that the shell before it has started.
    const { child, folder } = await start('sh', '-c', 'sleep 300 & echo $!; exec cat');
    const [line] = await once(child.stdout as NodeJS.ReadableStream, 'data');
    const pid = Number(String(line));
    const own = `/proc/${pid}/`;
    await until(() => readFileSync(`${own}comm`, 'utf8') === 'sleep\n');
    // Not before the shell has become that program: a shell does wait for its children.
    await until(() => readFileSync(`${folder}comm`, 'utf8') === 'cat\n');
    for (let i = 0; i < 3; i += 1) expect(read(own).status).toBe(STATUS.ok);
    process.kill(pid, 'SIGKILL');
    await until(() => /^State:\tZ/m.test(readFileSync(`${own}status`, 'utf8')));
    expect(read(own).status).toBe(STATUS.gone);
    expect(isKept(own)).toBe(false);
    expect(read(folder).status).toBe(STATUS.ok);
    child.stdin?.end();
    await once(child, 'exit');
  });
});
