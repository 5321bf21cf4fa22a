import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { loadDriver } from '../../src/store/driver.ts';
import { StoreError } from '../../src/store/fault.ts';
import { migrate } from '../../src/store/migrations.ts';
import { openStore, type Store } from '../../src/store/open.ts';

const BASE = mkdtempSync(join(tmpdir(), 'psstop-store-'));
const WRITER = new URL('./writer.mjs', import.meta.url).pathname;
afterAll(() => rmSync(BASE, { recursive: true }));

let folder: string;
let told: string[];
beforeEach(() => {
  folder = mkdtempSync(join(BASE, 'state-'));
  told = [];
});

function open(): Promise<Store> {
  return openStore(folder, { notice: (message) => void told.push(message), now: () => Date.UTC(2026, 0, 2, 3, 4, 5) });
}

function note(store: Store, name: string, data: string): void {
  store.database.prepare('INSERT OR REPLACE INTO notes VALUES (?, ?)').run(name, data);
}

function notes(store: Store): unknown[] {
  return store.database
    .prepare('SELECT data FROM notes ORDER BY name')
    .all()
    .map(({ data }) => data);
}

async function faultOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof StoreError ? `${error.fault}: ${error.message}` : `not a StoreError: ${error}`;
}

describe('a state folder', () => {
  it('is made for its owner alone, and gives back what was kept', async () => {
    folder = join(folder, 'deep', 'er');
    const first = await open();
    note(first, 'a', '1');
    const modes = readdirSync(folder).map((file) => statSync(join(folder, file)).mode & 0o777);
    expect(new Set([statSync(folder).mode & 0o777, ...modes])).toEqual(new Set([0o700, 0o600]));
    first.close();
    const second = await open();
    expect(notes(second)).toEqual(['1']);
    second.close();
    expect(told).toEqual([]);
  });

  it('belongs to one process at a time, until that ends, however it ends', async () => {
    const writer = await startWriter(folder);
    expect(await faultOf(open())).toBe(`busy: another psstop keeps its state in ${folder}`);
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    (await open()).close();
    const mine = await open();
    expect(await faultOf(open())).toMatch(/^busy/);
    mine.close();
    expect(told).toEqual([]);
  });

  it('keeps what was committed when its process is killed, and nothing of what was not', {
    timeout: 60_000,
  }, async () => {
    let last = 0;
    for (let round = 0; round < 10; round += 1) {
      const writer = await startWriter(folder);
      const acknowledged = [last];
      writer.on('message', (count: number) => acknowledged.push(count));
      await new Promise((resolve) => setTimeout(resolve, 10 + 9 * round));
      writer.kill('SIGKILL');
      await once(writer, 'exit');
      const store = await open();
      const [count, twin] = notes(store).map(Number);
      store.close();
      // One that was committed and not yet acknowledged may be there too.
      expect(count).toBeGreaterThanOrEqual(acknowledged.at(-1) ?? 0);
      expect(twin).toBe(count);
      last = count ?? 0;
    }
    expect(last).toBeGreaterThan(10);
    expect(told).toEqual([]);
  });

  it('is unwritable where it can not be made', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await faultOf(openStore(join(folder, 'file', 'state'), { notice: () => undefined }))).toMatch(
      /^unwritable: ENOTDIR/,
    );
  });

  it('sets a later version aside, and brings an earlier one up to date', async () => {
    const connect = await loadDriver();
    const path = join(folder, 'psstop.db');
    const old = openDatabase(connect, path);
    migrate(old, ['CREATE TABLE things (name TEXT)']);
    old.exec("INSERT INTO things VALUES ('kept')");
    migrate(old, ['CREATE TABLE things (name TEXT)', 'ALTER TABLE things ADD COLUMN size INTEGER DEFAULT 7']);
    expect(
      old
        .prepare('SELECT * FROM things')
        .all()
        .map((row) => ({ ...row })),
    ).toEqual([{ name: 'kept', size: 7 }]);
    expect(() => migrate(old, [])).toThrow('it has version 2 of the schema, and this psstop knows 0');
    old.exec('PRAGMA user_version = 999');
    old.close();
    const store = await open();
    expect(notes(store)).toEqual([]);
    store.close();
    const aside = `${path}.newer-20260102T030405Z`;
    expect(told).toEqual([expect.stringContaining(`it was set aside as ${aside}, and a new one begun`)]);
    const kept = openDatabase(connect, aside);
    expect(
      kept
        .prepare('SELECT name FROM things')
        .all()
        .map(({ name }) => name),
    ).toEqual(['kept']);
    kept.close();
  });

  it('rolls a migration that fails back, whole', async () => {
    const database = openDatabase(await loadDriver(), join(folder, 'x.db'));
    expect(() => migrate(database, ['CREATE TABLE one (x)', 'no such statement'])).toThrow(StoreError);
    expect(database.prepare('SELECT name FROM sqlite_schema').all()).toEqual([]);
    database.close();
  });
});

describe('a damaged database', () => {
  it('is set aside whatever was done to it, or still tells what was kept', { timeout: 60_000 }, async () => {
    const store = await open();
    for (let index = 0; index < 50; index += 1) note(store, `name ${index}`, 'x'.repeat(300));
    store.close();
    const whole = readFileSync(join(folder, 'psstop.db'));
    const damages = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(damages, fc.integer({ min: 0, max: whole.length }), async (damage, length) => {
        folder = mkdtempSync(join(BASE, 'damaged-'));
        told = [];
        const bytes = Uint8Array.from(whole.subarray(0, length));
        for (const [at, byte] of damage) if (at < length) bytes[at] = byte;
        writeFileSync(join(folder, 'psstop.db'), bytes);
        const damaged = await open();
        note(damaged, 'after', 'all');
        expect(notes(damaged)).toContain('all');
        damaged.close();
        const aside = readdirSync(folder).filter((file) => /\.(corrupt|newer)-20260102T030405Z$/.test(file));
        expect(aside.length).toBe(told.length);
        rmSync(folder, { recursive: true });
      }),
      { numRuns: 30 },
    );
  });

  it('is found by a look at all of its pages', async () => {
    const store = await open();
    for (let index = 0; index < 50; index += 1) note(store, `name ${index}`, 'x'.repeat(300));
    store.close();
    const path = join(folder, 'psstop.db');
    const bytes = readFileSync(path);
    bytes.fill(0xff, 2 * 4096);
    writeFileSync(path, bytes);
    const begun = await open();
    expect(notes(begun)).toEqual([]);
    begun.close();
    expect(told).toEqual([expect.stringContaining(`${path} can't be used`)]);
    expect(readFileSync(`${path}.corrupt-20260102T030405Z`).equals(bytes)).toBe(true);
  });
});

/** A small file system of its own, where it may be mounted. */
const MOUNTS = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

describe.skipIf(!MOUNTS)('a disk', () => {
  it('that is full keeps what was committed, and is written to again once there is room', () => {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    const script = 'mount -t tmpfs -o size=400k none "$1" && exec "$2" "$3" "$1" fill';
    const { stdout, stderr } = spawnSync(
      'unshare',
      ['--mount', 'sh', '-c', script, 'sh', disk, process.execPath, WRITER],
      { encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ fault: 'unwritable', kept: true, again: true });
  });

  it('that is read-only is unwritable', () => {
    const script = 'mount -t tmpfs -o ro none "$1" && exec "$2" "$3" "$1" try';
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    const { stdout, stderr } = spawnSync(
      'unshare',
      ['--mount', 'sh', '-c', script, 'sh', disk, process.execPath, WRITER],
      { encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ fault: 'unwritable' });
  });
});

async function startWriter(where: string): Promise<ChildProcess> {
  const writer = fork(WRITER, [where, 'count'], { stdio: 'inherit' });
  await once(writer, 'message');
  return writer;
}
