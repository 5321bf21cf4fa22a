import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diskSpool } from '../../../src/sinks/spool/disk-spool.ts';
import { memorySpool } from '../../../src/sinks/spool/memory-spool.ts';
import { type Batch, LONGEST_KEPT, type Spool } from '../../../src/sinks/spool/spool.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'psstop-spool-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const NOW = Date.UTC(2026, 0, 2);
const batch = (text: string, made = NOW): Batch => ({ packed: gzipSync(text), lines: 1, made });
const SIZE = batch('0').packed.length;

async function take(spool: Spool): Promise<{ text: string | undefined; lost: number }> {
  const { kept, lost } = await spool.oldest();
  if (kept) await spool.drop(kept.id);
  const { gunzipSync } = await import('node:zlib');
  return { text: kept && gunzipSync(kept.packed).toString(), lost };
}

describe.each([
  ['memory', (bound: number, now?: () => number) => memorySpool(bound, now)],
  ['disk', (bound: number, now?: () => number) => diskSpool(join(folder, 'spool'), bound, now)],
])('a spool in %s', (_, make) => {
  it('gives back what it was given, the oldest first', async () => {
    const spool = make(1e6, () => NOW);
    for (const text of ['1', '2', '3']) expect(await spool.put(batch(text))).toBe(0);
    expect(spool.size).toBe(3 * SIZE);
    for (const text of ['1', '2', '3', undefined]) expect(await take(spool)).toEqual({ text, lost: 0 });
    expect(spool.size).toBe(0);
  });

  it('drops the oldest where there is no room, and says how many lines', async () => {
    const spool = make(3 * SIZE, () => NOW);
    const lost = [];
    for (const text of ['1', '2', '3', '4', '5']) lost.push(await spool.put(batch(text)));
    expect(lost).toEqual([0, 0, 0, 1, 1]);
    expect(spool.size).toBe(3 * SIZE);
    expect((await take(spool)).text).toBe('3');
  });

  it('takes nothing that is bigger than its room', async () => {
    const spool = make(SIZE - 1, () => NOW);
    expect(await spool.put(batch('1'))).toBe(1);
    expect(spool.size).toBe(0);
  });

  it('keeps nothing for ever, and a clock that was put back makes nothing old', async () => {
    let now = NOW;
    const spool = make(1e6, () => now);
    await spool.put(batch('1'));
    now = NOW - LONGEST_KEPT;
    expect((await spool.oldest()).kept).toBeDefined();
    now = NOW + LONGEST_KEPT + 1;
    await spool.put(batch('2', now));
    expect(await take(spool)).toEqual({ text: '2', lost: 0 });
  });
});

describe('a spool on the disk', () => {
  it('outlives the program, also one that was killed while it wrote', async () => {
    const first = diskSpool(folder, 1e6, () => NOW);
    for (const text of ['1', '2', '3']) await first.put(batch(text));
    writeFileSync(join(folder, '000000000004-1-5.gz.part'), gzipSync('4').subarray(0, 9));
    const second = diskSpool(folder, 1e6, () => NOW);
    expect(second.size).toBe(3 * SIZE);
    await second.put(batch('4'));
    for (const text of ['1', '2', '3', '4', undefined]) expect((await take(second)).text).toBe(text);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves out what is torn or empty, and counts it', async () => {
    const first = diskSpool(folder, 1e6, () => NOW);
    for (const text of ['1', '2', '3', '4']) await first.put(batch(text));
    const [one = '', two = ''] = readdirSync(folder).sort();
    writeFileSync(join(folder, one), readFileSync(join(folder, one)).subarray(0, 12));
    writeFileSync(join(folder, two), '');
    expect(await take(diskSpool(folder, 1e6, () => NOW))).toEqual({ text: '3', lost: 2 });
  });

  it('heeds the bound for what it finds, and leaves what is not its own', async () => {
    const first = diskSpool(folder, 1e6, () => NOW);
    for (const text of ['1', '2', '3', '4']) await first.put(batch(text));
    writeFileSync(join(folder, 'README'), 'mine');
    const second = diskSpool(folder, 2 * SIZE, () => NOW);
    expect(await take(second)).toEqual({ text: '3', lost: 2 });
    expect(readFileSync(join(folder, 'README'), 'utf8')).toBe('mine');
  });

  it('says so when it can keep nothing, and leaves no half file', async () => {
    const spool = diskSpool(join(folder, 'a'), 1e6, () => NOW);
    rmSync(join(folder, 'a'), { recursive: true });
    await expect(spool.put(batch('1'))).rejects.toThrow('ENOENT');
    expect(spool.size).toBe(0);
    mkdirSync(join(folder, 'a'));
    expect(await spool.put(batch('2'))).toBe(0);
    expect((await take(spool)).text).toBe('2');
  });
});
