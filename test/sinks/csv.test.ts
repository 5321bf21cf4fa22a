import { execFileSync, spawnSync } from 'node:child_process';
import { linkSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sink } from '../../src/core/types.ts';
import plugin from '../../src/sinks/csv.ts';
import { context } from './context.ts';
import { MiB, snapshot } from './made-up.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'psstop-csv-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ONE = [{ name: 'nginx', pid: 40, pss: 30 * MiB, swap: MiB, unit: 'nginx.service' }];

async function csv(options: object, host = context()): Promise<Sink> {
  return plugin.create(options as never, host);
}

describe('the csv sink', () => {
  it('writes a header once and then a row for each process', async () => {
    const file = join(folder, 'a.csv');
    const sink = await csv({ file, every: '1s' });
    sink.snapshot?.(snapshot([...ONE, { name: 'a,b', pid: 41, rss: MiB }]));
    sink.snapshot?.(snapshot(ONE, 1));
    await sink.close?.();
    expect(readFileSync(file, 'utf8').split('\n')).toEqual([
      'time,name,pid,pss_kb,swap_pss_kb,uss_kb,rss_kb,pss_at_most_kb,unread,user,unit,container,host,age_s',
      '2026-01-02T03:04:05.000Z,nginx,40,30720,1024,30720,30720,30720,,root,nginx.service,,web-1,',
      '2026-01-02T03:04:05.000Z,"a,b",41,,,,1024,1024,denied,root,,,web-1,',
      '2026-01-02T03:04:06.000Z,nginx,40,30720,1024,30720,30720,30720,,root,nginx.service,,web-1,',
      '',
    ]);
    expect(statSync(file).mode & 0o777 & ~0o640).toBe(0);
  });

  it('gives the last reading with its age where there is none of this snapshot', async () => {
    const file = join(folder, 'a.csv');
    const sink = await csv({ file });
    sink.snapshot?.(
      snapshot([
        { name: 'grown', pid: 1, pss: 30 * MiB, rss: 60 * MiB, ago: 35, swap: MiB },
        { name: 'shrunk', pid: 2, pss: 30 * MiB, rss: 20 * MiB, ago: 4.26, unread: 'postponed' },
        { name: 'new', pid: 3, rss: 10 * MiB, unread: false },
      ]),
    );
    await sink.close?.();
    expect(readFileSync(file, 'utf8').split('\n').slice(1)).toEqual([
      '2026-01-02T03:04:05.000Z,grown,1,30720,1024,30720,61440,61440,,root,,,web-1,35.0',
      '2026-01-02T03:04:05.000Z,shrunk,2,30720,0,30720,20480,20480,postponed,root,,,web-1,4.3',
      '2026-01-02T03:04:05.000Z,new,3,,,,10240,10240,,root,,,web-1,',
      '',
    ]);
  });

  it('keeps to its interval on uptime, and to the biggest', async () => {
    const file = join(folder, 'a.csv');
    const sink = await csv({ file, every: '10s', top: 1 });
    const both = [...ONE, { name: 'small', pid: 50, pss: 1 }];
    for (const second of [0, 5, 9, 10, 11]) sink.snapshot?.(snapshot(both, second));
    await sink.close?.();
    expect(readFileSync(file, 'utf8').match(/nginx,/g)).toHaveLength(2);
    expect(readFileSync(file, 'utf8')).not.toContain('small');
  });

  it('opens a new file when its own was moved away, and when told to', async () => {
    const file = join(folder, 'a.csv');
    const sink = await csv({ file, every: '1s' });
    sink.snapshot?.(snapshot(ONE));
    await sink.close?.();
    sink.snapshot?.(snapshot(ONE, 1));
    sink.snapshot?.(snapshot(ONE, 2));
    await sink.close?.();
    renameSync(file, `${file}.1`);
    sink.snapshot?.(snapshot(ONE, 3));
    sink.reopen?.();
    sink.snapshot?.(snapshot(ONE, 4));
    await sink.close?.();
    expect(readFileSync(`${file}.1`, 'utf8').split('\n')).toHaveLength(5);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(4);
  });

  it('notices on its own that the file it holds open was moved', async () => {
    const file = join(folder, 'a.csv');
    const sink = await csv({ file, every: '1s' });
    sink.snapshot?.(snapshot(ONE));
    await expect.poll(() => readIfThere(file), { timeout: 10_000 }).toContain('nginx');
    renameSync(file, `${file}.1`);
    sink.snapshot?.(snapshot(ONE, 1));
    await expect.poll(() => readIfThere(file), { timeout: 10_000 }).toContain('03:04:06');
    await sink.close?.();
  });

  it('follows no link and takes no file with a second name, says so once, and goes on', async () => {
    const target = join(folder, 'precious');
    writeFileSync(target, 'keep');
    symlinkSync(target, join(folder, 'link.csv'));
    linkSync(target, join(folder, 'hard.csv'));
    execFileSync('mkfifo', [join(folder, 'fifo.csv')]);
    for (const [name, why] of [
      ['link.csv', 'symbolic link'],
      ['hard.csv', 'hard links'],
      ['fifo.csv', 'not a regular file'],
    ] as const) {
      const host = context();
      const sink = await csv({ file: join(folder, name), every: '1s' }, host);
      for (const second of [0, 1, 2]) sink.snapshot?.(snapshot(ONE, second));
      await sink.close?.();
      expect(host.notices).toHaveLength(1);
      expect(host.notices[0]).toContain(why);
    }
    expect(readFileSync(target, 'utf8')).toBe('keep');
  });

  it('reports once that it cannot write, and writes on when it can again', async () => {
    const host = context();
    const file = join(folder, 'missing', 'a.csv');
    const sink = await csv({ file, every: '1s' }, host);
    sink.snapshot?.(snapshot(ONE));
    sink.snapshot?.(snapshot(ONE, 1));
    await sink.close?.();
    expect(host.notices).toHaveLength(1);
    execFileSync('mkdir', [join(folder, 'missing')]);
    sink.snapshot?.(snapshot(ONE, 2));
    await sink.close?.();
    expect(host.notices[1]).toContain('writes again; 2 lost');
    expect(readFileSync(file, 'utf8')).toContain('03:04:07');
  });

  it('leaves no half row on a full disk, and writes on when there is room', async ({ skip }) => {
    const disk = join(folder, 'disk');
    execFileSync('mkdir', [disk]);
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', disk]);
    skip(mount.status !== 0, 'needs the right to mount a small disk');
    try {
      const host = context();
      const file = join(disk, 'a.csv');
      const sink = await csv({ file, every: '1s' }, host);
      const many = Array.from({ length: 40 }, (_, i) => ({ name: `w${i}`, pid: i, pss: MiB }));
      for (let second = 0; second < 10; second += 1) sink.snapshot?.(snapshot(many, second));
      await sink.close?.();
      const text = readFileSync(file, 'utf8');
      expect(text.endsWith('\n')).toBe(true);
      expect((text.split('\n').length - 2) % many.length).toBe(0);
      expect(host.notices).toEqual([expect.stringContaining('no space left')]);
      rmSync(file);
      sink.snapshot?.(snapshot(ONE, 20));
      await sink.close?.();
      expect(host.notices[1]).toContain('writes again');
      expect(readFileSync(file, 'utf8')).toContain('nginx');
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  it('refuses an interval of nothing', async () => {
    await expect(async () => csv({ file: 'x', every: '0s' })).rejects.toThrow('must be above 0');
  });
});

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
