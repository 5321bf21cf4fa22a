import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Delivery, Sink } from '../../src/core/types.ts';
import { LossyFile } from '../../src/sinks/file/lossy-file.ts';
import plugin from '../../src/sinks/ndjson.ts';
import { context } from './context.ts';
import { alertEvent, MiB, notice, snapshot } from './made-up.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'psstop-ndjson-'));
  file = join(folder, 'a.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const make = async (options: object = {}, host = context()): Promise<Sink> =>
  plugin.create({ file, ...options } as never, host);
const types = (path = file): string[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).type);
const DELIVERY: Delivery = {
  ...{ type: 'delivery', event: 'e', action: 'mail', rule: 'r', target: 't', kind: 'fired', attempts: 1 },
  ...{ outcome: 'done', reason: 'ok', time: 1, took: 2 },
};

describe('the ndjson sink', () => {
  it('writes a snapshot with its processes at each interval, and what happens when it does', async () => {
    const sink = await make({ every: '10s' });
    const hostile = [{ name: 'a\u2028\u001b[2J\n{"type":"alert"}', pss: MiB }];
    for (const second of [0, 5, 10]) sink.snapshot?.(snapshot(hostile, second));
    sink.event?.(alertEvent());
    sink.event?.(notice());
    sink.delivery?.(DELIVERY);
    await sink.close?.();
    expect(types()).toEqual(['snapshot', 'process', 'snapshot', 'process', 'alert', 'notice', 'delivery']);
    const text = readFileSync(file, 'utf8');
    for (const moves of ['\u2028', '\u001b']) expect(text).not.toContain(moves);
    expect(JSON.parse(text.split('\n')[1] ?? '')).toMatchObject({ name: hostile[0]?.name, pss: MiB });
  });

  it('writes only what was asked for', async () => {
    const sink = await make({ write: ['events'] });
    sink.snapshot?.(snapshot([{ name: 'a', pss: MiB }]));
    sink.event?.(alertEvent());
    sink.delivery?.(DELIVERY);
    await sink.close?.();
    expect(types()).toEqual(['alert']);
  });

  it('opens a new file when its own was moved away, and when told to', async () => {
    const sink = await make();
    sink.event?.(alertEvent());
    await sink.close?.();
    renameSync(file, `${file}.1`);
    sink.event?.(notice());
    sink.reopen?.();
    sink.event?.(notice());
    await sink.close?.();
    expect(types(`${file}.1`)).toEqual(['alert']);
    expect(types()).toEqual(['notice', 'notice']);
  });

  it('says once that it can not write, and what was lost when it can again', async () => {
    const host = context();
    const sink = await make({ file: join(folder, 'a.ndjson', 'b') }, host);
    writeFileSync(file, '');
    for (let i = 0; i < 3; i += 1) sink.event?.(notice());
    await sink.close?.();
    rmSync(file);
    mkdirSync(file);
    sink.event?.(notice());
    await sink.close?.();
    expect(host.notices).toEqual([
      expect.stringMatching(/^warning: ndjson: .*a part of its path is not a folder/),
      expect.stringMatching(/^info: ndjson: .*writes again; 3 lost/),
    ]);
  });

  it('refuses an interval of nothing', async () => {
    await expect(make({ every: '0s' })).rejects.toThrow('must be above 0');
  });
});

describe('a file that may lose rows', () => {
  it('bounds what waits for a disk that is slow, and counts what it drops', async () => {
    const told: string[] = [];
    const out = new LossyFile({ path: file, header: '', waiting: 100, trouble: (message) => told.push(message) });
    for (let i = 0; i < 20; i += 1) out.write(`${String(i).padStart(9, '0')}\n`);
    await out.close();
    const rows = readFileSync(file, 'utf8').trimEnd().split('\n').map(Number);
    expect(rows).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await expect
      .poll(() => told)
      .toEqual([expect.stringContaining('the disk is too slow'), expect.stringContaining('writes again; 10 lost')]);
    out.write('later\n');
    await out.close();
    expect(readFileSync(file, 'utf8')).toContain('later');
  });
});
