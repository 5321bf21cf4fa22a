import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { info, snapshotAt } from './host.ts';
import { all, reading, stateFolder, writeHistory } from './store.ts';

const WRITER = new URL('writer.mjs', import.meta.url).pathname;
const MINUTE = 60_000;
const KILLS = Number(process.env.PSSTOP_CRASHES ?? 12);

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});
function ownFolder(): string {
  const folder = stateFolder();
  folders.push(folder);
  return folder;
}

/** Lets a writer run for some ms, and kills it. @returns the uptime that it came to. */
async function killedAfter(folder: string, from: number, ms: number): Promise<number> {
  const writer: ChildProcess = fork(WRITER, [folder, String(from)], { stdio: 'inherit' });
  let uptime = from;
  writer.on('message', (message) => {
    uptime = Number(message);
  });
  await once(writer, 'message');
  await sleep(ms);
  writer.kill('SIGKILL');
  await once(writer, 'exit');
  return uptime;
}

describe('a writer that is killed', () => {
  it('loses the last minute at most, whatever it was at: every minute before is there, once', async () => {
    const folder = ownFolder();
    let uptime = 100_000;
    for (let kill = 0; kill < KILLS; kill += 1) {
      uptime = await killedAfter(folder, uptime, 20 + ((kill * 137) % 400));
      await reading(folder, (reader) => {
        const hosts = reader.hosts();
        const last = hosts.at(-1)?.time ?? 0;
        expect((1_700_000_000_000 + uptime - last) / MINUTE).toBeLessThanOrEqual(1.1);
        const times = hosts.map(({ time }) => time);
        expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
        // It may have come further than it could say.
        uptime = Math.max(uptime, last - 1_700_000_000_000) + 15_000;
      });
    }
    const last = 1_700_000_000_000 + uptime;
    await reading(folder, async (reader) => {
      const raw = reader.hosts({ since: last - 12 * 60 * MINUTE });
      expect(raw.length).toBeGreaterThan(400);
      // Between two snapshots lies an interval or, where it was killed, a minute more.
      const gaps = raw.slice(1).map(({ time }, index) => time - (raw[index]?.time ?? 0));
      expect(Math.max(...gaps)).toBeLessThanOrEqual(2 * MINUTE);
      expect(gaps.filter((gap) => gap > 16_000).length).toBeLessThanOrEqual(KILLS);
      for (const life of reader.lives({ since: last - 60 * MINUTE })) {
        const times = reader.points(life).map(({ time }) => time);
        expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      }
      const played = await all(reader.snapshots({ since: last - 60 * MINUTE }));
      expect(played.length).toBe(reader.hosts({ since: last - 60 * MINUTE }).length);
    });
  }, 120_000);

  it('leaves a file that is read while the next one writes', async () => {
    const folder = ownFolder();
    const writer = fork(WRITER, [folder], { stdio: 'inherit' });
    try {
      await once(writer, 'message');
      let before = 0;
      for (let look = 0; look < 10; look += 1) {
        const count = await reading(folder, async (reader) => {
          const times = reader.hosts().map(({ time }) => time);
          // Raw for a day: what was put together meanwhile is missed nowhere.
          const raw = times.filter((time) => time > (times.at(-1) ?? 0) - 20 * 60 * MINUTE);
          const gaps = raw.slice(1).map((time, index) => time - (raw[index] ?? 0));
          expect(Math.max(0, ...gaps)).toBeLessThanOrEqual(15_100);
          await once(writer, 'message');
          // It stays what it was when it was opened.
          expect(reader.hosts()).toHaveLength(times.length);
          return times.length;
        });
        expect(count).toBeGreaterThanOrEqual(before);
        before = count;
        await once(writer, 'message');
      }
      expect(before).toBeGreaterThan(0);
    } finally {
      writer.kill('SIGKILL');
      await once(writer, 'exit');
    }
  }, 60_000);
});

const ACTOR = { process: info(7), pss: () => 50 };
function* minutes(count: number, from = 0): Generator<ReturnType<typeof snapshotAt>> {
  for (let index = 0; index < count * 4; index += 1) yield snapshotAt(from + index * 15_000, [ACTOR]);
}

describe('a history file', () => {
  it('that is damaged is set aside, told, and a new one begun', async () => {
    const { folder, play, keeper } = await writeHistory(ownFolder());
    play(minutes(60));
    keeper.close();
    const path = join(folder, 'history.db');
    const bytes = readFileSync(path);
    bytes.fill(7, 4096, bytes.length - 4096);
    writeFileSync(path, bytes);
    const again = await writeHistory(folder);
    expect(again.told).toEqual([
      expect.stringMatching(/history\.db can't be used .* set aside as .*corrupt-.* a new one begun/),
    ]);
    again.play(minutes(2));
    again.keeper.close();
    expect(readdirSync(folder).filter((name) => /corrupt-\w+$/.test(name))).toHaveLength(1);
    await reading(folder, (reader) => expect(reader.hosts()).toHaveLength(8));
  });

  it('that was cut short, or is of a later version, is set aside as well', async () => {
    for (const spoil of [(path: string) => truncateSync(path, 6_000), newer]) {
      const { folder, play, keeper } = await writeHistory(ownFolder());
      play(minutes(60));
      keeper.close();
      spoil(join(folder, 'history.db'));
      const again = await writeHistory(folder);
      expect(again.told).toEqual([expect.stringContaining('set aside')]);
      again.keeper.close();
    }
  });

  it('stays within its size, and shrinks', async () => {
    const size = 400_000;
    const { folder, play, keeper } = await writeHistory(ownFolder(), { age: 400 * 86_400_000, size });
    const actors = Array.from({ length: 40 }, (_, index) => ({
      process: info(index + 10),
      pss: (uptime: number) => 50 + ((uptime * (index + 3)) % 7_919) / 100,
    }));
    const hours = function* (from: number, to: number, who: typeof actors) {
      for (let uptime = from; uptime < to; uptime += 120_000) yield snapshotAt(uptime, who);
    };
    play(hours(0, 2 * 86_400_000, actors));
    keeper.tidyAll();
    keeper.close();
    expect(readFileSync(join(folder, 'history.db')).length).toBeLessThanOrEqual(size * 1.25);
    const span = await reading(folder, (reader) => reader.span());
    expect((span?.until ?? 0) - (span?.since ?? 0)).toBeGreaterThan(3_600_000);
  }, 60_000);
});

describe('a storm of events', () => {
  it('stays within its part of the size, the last of them, and leaves the figures alone', async () => {
    const size = 4_000_000;
    const { folder, play, keeper } = await writeHistory(ownFolder(), { age: 400 * 86_400_000, size });
    play(minutes(120));
    let told = 0;
    for (const snapshot of minutes(15, 120 * MINUTE)) {
      for (let index = 0; index < 800; index += 1) {
        told += 1;
        const message = `${told} ${'x'.repeat(500)}`;
        keeper.note({ type: 'notice', kind: 'storm', severity: 'info', time: snapshot.time, message });
      }
      play([snapshot]);
    }
    expect(statSync(join(folder, 'history.db')).size).toBeLessThanOrEqual(size);
    keeper.tidyAll();
    keeper.close();
    expect(told * 500).toBeGreaterThan(5 * size);
    expect(statSync(join(folder, 'history.db')).size).toBeLessThanOrEqual(size / 2);
    await reading(folder, (reader) => {
      expect(reader.hosts()).toHaveLength(135 * 4);
      const events = reader.events().map(({ what }) => Number('message' in what && what.message.split(' ')[0]));
      expect(events.at(-1)).toBe(told);
      expect(events.length).toBeGreaterThan(1_000);
      expect(events).toEqual(events.map((_, index) => told - events.length + 1 + index));
    });
  }, 60_000);
});

function newer(path: string): void {
  const bytes = readFileSync(path);
  // The user version stands at offset 60 (sqlite.org/fileformat.html).
  bytes.writeUInt32BE(99, 60);
  writeFileSync(path, bytes);
}

const MOUNTS =
  process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

describe.skipIf(!MOUNTS)('a disk that is full', () => {
  it('is told once; what is there stays, and it is written again once there is room', () => {
    const disk = join(ownFolder(), 'disk');
    mkdirSync(disk);
    const full = new URL('full.mjs', import.meta.url).pathname;
    const script = 'mount -t tmpfs -o size=600k none "$1" && exec "$2" "$3" "$1"';
    const args = ['--mount', 'sh', '-c', script, 'sh', disk, process.execPath, full];
    const { stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8' });
    expect(stderr).toBe('');
    const { told, before, between, after } = JSON.parse(stdout);
    expect(told[0]).toMatch(/full/);
    expect(told[1]).toMatch(/^history is kept again/);
    expect(told).toHaveLength(2);
    expect(between).toBeGreaterThanOrEqual(before);
    expect(after).toBeGreaterThan(between);
    expect(existsSync(join(disk, 'history.db'))).toBe(false);
  });
});
