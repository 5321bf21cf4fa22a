import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../src/core/types.ts';
import type { Database } from '../../../src/store/database.ts';
import { StoreError } from '../../../src/store/fault.ts';
import { type HistoryFile, historyFile } from '../../../src/store/history/file.ts';
import { HistoryKeeper } from '../../../src/store/history/keeper.ts';
import { BOOTED, info, snapshotAt } from './host.ts';
import { PLENTY, reading, stateFolder, type Written, writeHistory } from './store.ts';

const MINUTE = 60_000;

const ACTORS = Array.from({ length: 30 }, (_, index) => ({
  process: info(index + 7),
  pss: (uptime: number) => 50 + index + ((uptime * (index + 3)) % 7_919) / 100,
}));
function* minutes(from: number, count: number): Generator<Snapshot> {
  for (let index = 0; index < count * 4; index += 1) yield snapshotAt(from * MINUTE + index * 15_000, ACTORS);
}

const open: Written[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.dispose();
});

async function written(folder?: string): Promise<Written> {
  const one = await writeHistory(folder);
  open.push(one);
  return one;
}

/** Writes over all of a file but its head, as whatever has lost its way might. */
function damage(folder: string): void {
  const path = join(folder, 'history.db');
  const bytes = readFileSync(path);
  bytes.fill(7, 4096);
  writeFileSync(path, bytes);
}

/** A file that is found damaged when it is written next after `damage`. */
function dyingDisk(file: HistoryFile): HistoryFile & { damage(): void } {
  let damaged = false;
  const of = (database: Database): Database => ({
    path: database.path,
    exec: (sql) => database.exec(sql),
    prepare: (sql) => database.prepare(sql),
    transaction(work, durability) {
      if (damaged) throw new StoreError('corrupt', 'database disk image is malformed');
      return database.transaction(work, durability);
    },
    close: () => database.close(),
  });
  return {
    damage() {
      damaged = true;
    },
    open: () => of(file.open()),
    replace(damage) {
      damaged = false;
      return of(file.replace(damage));
    },
    isGone: file.isGone,
  };
}

function asides(folder: string): string[] {
  return readdirSync(folder).filter((name) => /corrupt-\w+$/.test(name));
}

function timesOf(folder: string): Promise<number[]> {
  return reading(folder, (reader) => reader.hosts().map(({ time }) => (time - BOOTED) / MINUTE));
}

describe('a history that is damaged while it is written', () => {
  it('is set aside, told, and a new one begun at once', async () => {
    const { folder, play, told, keeper } = await written();
    play(minutes(0, 90));
    damage(folder);
    play(minutes(90, 90));
    expect(told).toEqual([
      expect.stringMatching(/history\.db can't be used .* set aside as .*corrupt-.* a new one begun/),
    ]);
    expect(asides(folder)).toHaveLength(1);
    keeper.close();
    const times = await timesOf(folder);
    expect(times[0]).toBeGreaterThanOrEqual(90);
    expect(times[0]).toBeLessThan(151);
    // What comes is whole from there on.
    expect(times).toHaveLength(4 * (180 - (times[0] ?? 0)));
  });

  it('again and again fills no disk: one an hour is set aside', async () => {
    const folder = stateFolder();
    const told: string[] = [];
    const dying = dyingDisk(await historyFile(folder, { notice: (message) => told.push(message) }));
    const keeper = new HistoryKeeper(dying, { retention: PLENTY, report: (_, message) => told.push(message) });
    for (const snapshot of minutes(0, 240)) {
      keeper.take(snapshot);
      keeper.work();
      if (snapshot.uptime % (10 * MINUTE) === 0) dying.damage();
    }
    const aside = expect.stringMatching(/ was set aside as /);
    const [malformed, again] = [
      'database disk image is malformed',
      expect.stringMatching(/again; [1-9]\d+ readings were lost$/),
    ];
    expect(told).toEqual([aside, malformed, aside, again, malformed, aside, again, malformed, aside, again, malformed]);
    keeper.close();
    rmSync(folder, { recursive: true });
  });

  it('is read to its end by whoever reads the old one meanwhile, and does the new one no harm', async () => {
    const { folder, play, keeper } = await written();
    play(minutes(0, 90));
    await reading(folder, (old) => {
      const before = old.hosts().length;
      expect(before).toBeGreaterThan(300);
      damage(folder);
      play(minutes(90, 90));
      expect(asides(folder)).toHaveLength(1);
    });
    keeper.close();
    expect((await timesOf(folder)).at(-1)).toBe(179.75);
  });
});

describe('a history file', () => {
  it('that is removed, or put in the place of another, is gone on with in the one that is there', async () => {
    const { folder, play, keeper, told } = await written();
    play(minutes(0, 10));
    for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `history.db${end}`));
    play(minutes(10, 10));
    const times = await timesOf(folder);
    expect(times[0]).toBeGreaterThanOrEqual(10);
    expect(times[0]).toBeLessThanOrEqual(11.5);
    const other = stateFolder();
    const older = await written(other);
    older.play(minutes(5, 3));
    older.keeper.close();
    renameSync(join(other, 'history.db'), join(folder, 'history.db'));
    play(minutes(20, 10));
    keeper.close();
    const all = await timesOf(folder);
    expect(all[0]).toBe(5);
    expect(all.at(-1)).toBe(29.75);
    expect(told).toEqual([expect.stringMatching('removed'), expect.stringMatching('replaced')]);
  });

  it('that can not be made at first is made when it can be', async () => {
    const folder = stateFolder();
    const path = join(folder, 'history.db');
    mkdirSync(path);
    const { keeper, told, play } = await written(folder);
    keeper.note({ type: 'notice', kind: 'started', severity: 'info', time: BOOTED, message: 'begun' });
    play(minutes(0, 3));
    expect(told).toEqual([expect.stringMatching(/EISDIR/)]);
    rmSync(path, { recursive: true });
    play(minutes(3, 10));
    expect(told[1]).toMatch(/^history is kept again; [1-9]\d+ readings were lost$/);
    keeper.close();
    expect((await timesOf(folder)).at(-1)).toBe(12.75);
    await reading(folder, (reader) => expect(reader.events()).toMatchObject([{ what: { message: 'begun' } }]));
  });
});
