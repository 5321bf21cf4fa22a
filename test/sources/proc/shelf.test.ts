import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { shelf } from '../../../src/sources/proc/shelf.ts';
import type { ProcSource } from '../../../src/sources/proc/source.ts';
import { start } from './start.ts';

const SECOND = 1000;

describe('a shelf', () => {
  let now = 0;
  const open = (): number => openSync('/dev/null', 'r');
  const isOpen = (fd: number): boolean => {
    try {
      return fstatSync(fd).isCharacterDevice();
    } catch {
      return false;
    }
  };

  test('keeps what is read twice within a short time, and closes what was not read for long', () => {
    const files = shelf(() => now);
    const [often, once] = [open(), open()];
    expect(files.keep('/proc/1/', often)).toBe(false);
    expect(files.keep('/proc/2/', once)).toBe(false);
    now += 5 * SECOND;
    expect(files.take('/proc/1/')).toBe(undefined);
    expect(files.keep('/proc/1/', often)).toBe(true);
    expect(files.take('/proc/1/')).toBe(often);
    now += 16 * SECOND;
    expect(files.keep('/proc/2/', once)).toBe(false);
    expect(isOpen(often)).toBe(false);
    expect(files.take('/proc/1/')).toBe(undefined);
    closeSync(once);
  });

  test('closes what is of no use any more', () => {
    const files = shelf(() => now);
    const fd = open();
    files.keep('/proc/1/', fd);
    files.keep('/proc/1/', fd);
    files.drop('/proc/1/');
    expect(isOpen(fd)).toBe(false);
    expect(files.take('/proc/1/')).toBe(undefined);
    files.drop('/proc/1/');
  });
});

describe('the reader, of processes that it reads again and again', () => {
  const ended: (() => void)[] = [];
  afterEach(() => {
    for (const end of ended.splice(0)) end();
  });

  test('keeps their files open, and yet follows a process into another program and to its end', async () => {
    const child = shell();
    const pid = child.pid ?? 0;
    const { source } = start(undefined, { only: ({ pid: other }) => other === pid });
    ended.push(() => void source.close());
    const before = await read(source, pid);
    await read(source, pid);
    await read(source, pid);
    expect(openRollups(source)).toEqual([`/proc/${pid}/smaps_rollup`]);
    child.stdin?.write('exec node -e "setInterval(() => {}, 1000); console.log(1)"\n');
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    const after = await read(source, pid);
    expect(after).toBeGreaterThan(5 * (before ?? 0));
    expect(Math.abs((after ?? 0) - rssOf(pid))).toBeLessThan(2 * 2 ** 20);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    expect(await read(source, pid)).toBe(undefined);
  });

  function shell(): ChildProcess {
    const child = spawn('sh', [], { stdio: ['pipe', 'pipe', 'inherit'] });
    ended.push(() => child.kill('SIGKILL'));
    return child;
  }
});

async function read(source: ProcSource, pid: number): Promise<number | undefined> {
  const { processes } = await source.snapshot();
  return processes.find(({ process }) => process.pid === pid)?.exact?.rss;
}

function rssOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Rss: +(\d+) kB$/m.exec(text)?.[1]) * 1024;
}

/** The files of that kind which the reader child holds open. */
function openRollups(source: ProcSource): string[] {
  const folder = `/proc/${source.readerPid()}/fd`;
  return readdirSync(folder)
    .map((fd) => readlinkSync(`${folder}/${fd}`))
    .filter((path) => path.endsWith('/smaps_rollup'));
}
