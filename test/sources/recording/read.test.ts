import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { snapshotChecker } from '../../../src/config/check-snapshot.ts';
import { advance } from '../../../src/core/advance.ts';
import { emptyMemory } from '../../../src/core/memory.ts';
import type { AlertEvent, Snapshot } from '../../../src/core/types.ts';
import { readRecording } from '../../../src/sources/recording/read.ts';
import { MiB, rule, sample, snapshot } from '../../core/world.ts';

const folder = mkdtempSync(join(tmpdir(), 'psstop-recording-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes lines and reads them back. */
async function play(lines: readonly unknown[], options: { timeScale?: number; packed?: boolean; cut?: number } = {}) {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  const file = join(folder, options.packed ? 'r.ndjson.gz' : 'r.ndjson');
  const bytes = Buffer.from(options.cut === undefined ? `${text}\n` : text.slice(0, -options.cut));
  writeFileSync(file, options.packed ? gzipSync(bytes) : bytes);
  const notices: string[] = [];
  const taken: Snapshot[] = [];
  const { timeScale } = options;
  const notice = (message: string) => void notices.push(message.replace(folder, ''));
  const source = readRecording({ file, check: snapshotChecker(), notice, ...(timeScale && { timeScale }) });
  for await (const one of source) taken.push(one);
  return { taken, notices };
}

function story(): Snapshot[] {
  const sizes = [50, 120, 150, 160, 90, 80];
  return sizes.map((size, i) =>
    snapshot(1000 + i * 10, [
      sample({ pid: 7, pss: size * MiB }, (1000 + i * 10) * 1000),
      sample({ pid: 8, name: 'db', rss: 9 * MiB }),
    ]),
  );
}

function judge(snapshots: readonly Snapshot[]): AlertEvent[] {
  const rules = [rule({ for: 10_000 })];
  const memory = emptyMemory();
  return snapshots.flatMap((one) => advance(memory, rules, one));
}

describe('a recording', () => {
  it('gives back what was written, packed or not', async () => {
    expect((await play(story())).taken).toEqual(story());
    expect((await play(story(), { packed: true })).taken).toEqual(story());
  });

  it('is judged as the snapshots themselves are', async () => {
    const events = judge((await play(story())).taken);
    expect(events.map(({ kind }) => kind)).toEqual(['pending', 'fired', 'resolved']);
    expect(events).toEqual(judge(story()));
  });

  it('keeps a process the same object while nothing in it changes', async () => {
    const { taken } = await play(story());
    const [first, second] = taken.map(({ processes }) => processes[0]?.process);
    expect(second).toBe(first);
  });

  it('stands for a longer time when scaled: ages, durations and times of readings too', async () => {
    const { taken } = await play(story(), { timeScale: 60 });
    expect(taken.map(({ uptime }) => (uptime - 1e6) / 1000)).toEqual([0, 600, 1200, 1800, 2400, 3000]);
    expect(taken[1]?.time).toBe((taken[0]?.time ?? 0) + 600_000);
    expect(taken[2]?.processes[0]?.exact?.at).toBe(taken[2]?.uptime);
    expect(taken[0]?.processes[0]?.process.startedAt).toBe(1e6 - 60 * 1e6);
  });

  it('passes over blank lines, and leaves out a last line that was cut short', async () => {
    expect((await play([...story().slice(0, 2), '', ' ', ...story().slice(2)])).taken).toHaveLength(6);
    const { taken, notices } = await play(story(), { cut: 10 });
    expect(taken).toHaveLength(5);
    expect(notices).toEqual(['/r.ndjson:6: the last line was cut short and is left out']);
  });

  it.each([
    [['nonsense'], /r\.ndjson:1: this is not JSON/],
    [[story()[0], '{"a":', story()[1]], /r\.ndjson:2: this is not JSON/],
    [[story()[0], { ...story()[1], uptime: 'x' }], /r\.ndjson:2: uptime: /],
    [[{ ...story()[0], processes: [{ rss: 1 }] }], /r\.ndjson:1: processes\.0: /],
  ])('says where it is wrong: %#', async (lines, message) => {
    await expect(play(lines)).rejects.toThrow(message);
  });

  it('says that the file is not there, or not packed', async () => {
    const file = join(folder, 'bad.gz');
    writeFileSync(file, 'plain');
    const read = async (path: string) => {
      for await (const _ of readRecording({ file: path, check: () => undefined }));
    };
    await expect(read(file)).rejects.toThrow(/bad\.gz: incorrect header check/);
    await expect(read(join(folder, 'none'))).rejects.toThrow(/none: ENOENT/);
  });
});
