import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/config/files.ts';
import { type RulesWatch, watchRules } from '../../src/config/watch.ts';

let folder: string;
let rules: string;
let watch: RulesWatch | undefined;
let calls: { changed: string[]; contents: string }[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'psstop-watch-'));
  rules = join(folder, 'rules.d');
  mkdirSync(rules);
  calls = [];
});

afterEach(async () => {
  await watch?.close();
  watch = undefined;
  rmSync(folder, { recursive: true });
});

const file = (name: string): string => join(rules, name);

/** All that is there, as a load would see it. */
function contents(): string {
  return readdirSync(rules)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => `${name}=${existsSync(file(name)) ? readFileSync(file(name), 'utf8') : 'gone'}`)
    .join(';');
}

function begin(
  options: { poll?: number; settle?: number; paths?: string[]; loaded?: Record<string, string> } = {},
): RulesWatch {
  watch = watchRules({
    paths: options.paths ?? [rules],
    ...(options.loaded && { loaded: options.loaded }),
    poll: options.poll ?? 150,
    settle: options.settle ?? 40,
    onChange: (changed) => {
      calls.push({ changed: [...changed], contents: contents() });
    },
  });
  return watch;
}

const changed = (name: string): boolean => calls.some((call) => call.changed.includes(name));

/** Waits until the last call saw `expected`, then until nothing more can come. */
async function quiet(expected: string): Promise<void> {
  for (let tries = 0; tries < 200 && calls.at(-1)?.contents !== expected; tries += 1) await sleep(20);
  expect(calls.at(-1)?.contents).toBe(expected);
  await sleep(400);
}

describe('a watch on rules files', () => {
  test('says nothing while nothing changes, nor when a file is only touched', async () => {
    writeFileSync(file('a.yaml'), '1');
    begin();
    await sleep(300);
    writeFileSync(file('a.yaml'), '1');
    await sleep(500);
    expect(calls).toEqual([]);
  });

  test('tells a change in place once', async () => {
    writeFileSync(file('a.yaml'), '1');
    begin();
    writeFileSync(file('a.yaml'), '2');
    await quiet('a.yaml=2');
    expect(calls.map(({ changed }) => changed)).toEqual([[file('a.yaml')]]);
  });

  test('sees files renamed into place by an editor, again and again', async () => {
    writeFileSync(file('a.yaml'), '0');
    begin();
    for (let edit = 1; edit <= 3; edit += 1) {
      writeFileSync(file('.a.yaml.swp'), String(edit));
      renameSync(file('.a.yaml.swp'), file('a.yaml'));
      await quiet(`a.yaml=${edit}`);
    }
    expect(calls).toHaveLength(3);
  });

  test('sees an editor that keeps a backup and writes the file anew', async () => {
    writeFileSync(file('a.yaml'), 'old');
    begin();
    renameSync(file('a.yaml'), file('a.yaml~'));
    writeFileSync(file('a.yaml'), 'new');
    await quiet('a.yaml=new');
    expect(calls).toHaveLength(1);
  });

  test("sees a ConfigMap's links swapped", async () => {
    for (const version of ['1', '2']) {
      mkdirSync(file(`..${version}`));
      writeFileSync(file(`..${version}/a.yaml`), version);
    }
    symlinkSync('..1', file('..data'));
    symlinkSync('..data/a.yaml', file('a.yaml'));
    begin();
    symlinkSync('..2', file('..data_tmp'));
    renameSync(file('..data_tmp'), file('..data'));
    await quiet('a.yaml=2');
    expect(calls).toHaveLength(1);
  });

  test('waits for a file that is written in pieces', async () => {
    writeFileSync(file('a.yaml'), '');
    begin({ settle: 120 });
    await sleep(100);
    for (let piece = 0; piece < 10; piece += 1) {
      appendFileSync(file('a.yaml'), String(piece));
      await sleep(40);
    }
    await quiet('a.yaml=0123456789');
    expect(calls).toHaveLength(1);
  });

  test('sees files come and go', async () => {
    writeFileSync(file('a.yaml'), '1');
    begin();
    writeFileSync(file('b.yml'), '2');
    writeFileSync(file('b.yaml'), '2');
    await quiet('a.yaml=1;b.yaml=2');
    rmSync(file('a.yaml'));
    await quiet('b.yaml=2');
    expect(calls.at(-1)?.changed).toEqual([file('a.yaml')]);
  });

  test('goes on after the whole folder was replaced, more than once', async () => {
    writeFileSync(file('a.yaml'), '0');
    begin();
    for (let round = 1; round <= 2; round += 1) {
      mkdirSync(join(folder, 'next'));
      writeFileSync(join(folder, 'next', 'a.yaml'), String(round));
      renameSync(rules, join(folder, `old-${round}`));
      renameSync(join(folder, 'next'), rules);
      await quiet(`a.yaml=${round}`);
    }
    writeFileSync(file('a.yaml'), 'in place');
    await quiet('a.yaml=in place');
  });

  test('hears of a change in a replaced folder without having to look for it', async () => {
    writeFileSync(file('a.yaml'), '0');
    const opened = begin({ poll: 60_000 });
    renameSync(rules, join(folder, 'old'));
    mkdirSync(rules);
    writeFileSync(file('a.yaml'), '1');
    await opened.check();
    await sleep(200);
    writeFileSync(file('a.yaml'), '2');
    await quiet('a.yaml=2');
  });

  test('begins with a folder that is not there yet', async () => {
    rmSync(rules, { recursive: true });
    begin();
    await sleep(200);
    mkdirSync(rules);
    writeFileSync(file('a.yaml'), '1');
    await quiet('a.yaml=1');
  });

  test('tells when something that cannot be read stands in place of a file', async () => {
    writeFileSync(file('a.yaml'), '1');
    begin();
    rmSync(file('a.yaml'));
    symlinkSync('nowhere', file('a.yaml'));
    for (let tries = 0; tries < 100 && !changed(file('a.yaml')); tries += 1) await sleep(20);
    expect(changed(file('a.yaml'))).toBe(true);
  });

  test('watches single files by their folder', async () => {
    writeFileSync(file('a.yaml'), '1');
    writeFileSync(file('other.yaml'), '1');
    begin({ paths: [file('a.yaml')] });
    writeFileSync(file('other.yaml'), '2');
    await sleep(400);
    expect(calls).toEqual([]);
    writeFileSync(file('new'), '2');
    renameSync(file('new'), file('a.yaml'));
    await quiet('a.yaml=2;other.yaml=2');
    expect(calls).toHaveLength(1);
  });

  test('calls back when it is asked to check, though nothing changed', async () => {
    writeFileSync(file('a.yaml'), '1');
    const opened = begin();
    await opened.check();
    expect(calls).toEqual([{ changed: [], contents: 'a.yaml=1' }]);
  });

  test('knows that a change came after the one it told', async () => {
    writeFileSync(file('a.yaml'), '1');
    const opened = begin({ poll: 60_000, settle: 300 });
    await opened.check();
    expect(opened.isCurrent()).toBe(true);
    writeFileSync(file('a.yaml'), '2');
    expect(opened.isCurrent()).toBe(false);
  });

  test.each(['changed', 'removed', 'added'])('tells what was %s after the files were loaded', async (how) => {
    writeFileSync(file('a.yaml'), '1');
    symlinkSync('a.yaml', file('same.yaml'));
    const loaded = { [file('a.yaml')]: digestOf(Buffer.from('1')) };
    if (how === 'changed') writeFileSync(file('a.yaml'), '2');
    else if (how === 'removed') rmSync(file('same.yaml'));
    if (how === 'removed') rmSync(file('a.yaml'));
    else if (how === 'added') writeFileSync(file('b.yaml'), '2');
    begin({ loaded });
    for (let tries = 0; tries < 100 && calls.length === 0; tries += 1) await sleep(20);
    expect(calls).toHaveLength(1);
  });

  test('has nothing to tell when the files are as they were loaded', async () => {
    writeFileSync(file('a.yaml'), '1');
    symlinkSync('a.yaml', file('same.yaml'));
    begin({ loaded: { [file('a.yaml')]: digestOf(Buffer.from('1')) } });
    await sleep(500);
    expect(calls).toEqual([]);
  });

  test('looks by itself where the system has no watches left, and says so once', () => {
    const program = `import { watchRules } from '${new URL('../../build/config/watch.js', import.meta.url)}';
      import { writeFileSync } from 'node:fs';
      const watch = watchRules({ paths: ['${rules}'], poll: 100, settle: 30, notice: (text) => console.log(text),
        onChange: (changed) => { console.log('changed', changed.length); watch.close(); clearInterval(busy); } });
      const busy = setInterval(() => {}, 1000);
      setTimeout(() => writeFileSync('${file('a.yaml')}', '2'), 300);`;
    // A user namespace has limits of its own: none of the machine's watches are used up.
    const script = 'echo 0 > /proc/sys/user/max_inotify_instances && exec "$@"';
    const node = [process.execPath, '--input-type=module', '-e', program];
    const output = execFileSync('unshare', ['--user', '--map-root-user', 'sh', '-c', script, 'sh', ...node], {
      encoding: 'utf8',
      timeout: 15_000,
    });
    expect(output.trim().split('\n')).toEqual([
      expect.stringMatching(/^changes of the rules are seen only every few seconds: EMFILE/),
      'changed 1',
    ]);
  });

  test('follows other paths', async () => {
    const other = join(folder, 'other.d');
    mkdirSync(other);
    const opened = begin();
    opened.follow([other]);
    writeFileSync(join(other, 'b.yaml'), '1');
    for (let tries = 0; tries < 100 && calls.length === 0; tries += 1) await sleep(20);
    expect(calls[0]?.changed).toEqual([join(other, 'b.yaml')]);
  });

  test('goes on looking when the callback throws', async () => {
    const notices: string[] = [];
    let told = 0;
    writeFileSync(file('a.yaml'), '1');
    watch = watchRules({
      paths: [rules],
      poll: 100,
      settle: 30,
      onChange: () => {
        told += 1;
        throw new Error('no luck');
      },
      notice: (message) => notices.push(message),
    });
    writeFileSync(file('a.yaml'), '2');
    for (let tries = 0; tries < 100 && told < 1; tries += 1) await sleep(20);
    writeFileSync(file('a.yaml'), '3');
    for (let tries = 0; tries < 100 && told < 2; tries += 1) await sleep(20);
    expect(told).toBe(2);
    expect(notices[0]).toContain('no luck');
  });

  test('sees the last complete state of a hundred random edits, and no other', async () => {
    const complete = new Set<string>();
    const write = (text: string): void => {
      complete.add(text);
      writeFileSync(file('new.tmp'), text);
      renameSync(file('new.tmp'), file('a.yaml'));
    };
    write('0');
    begin({ settle: 250 });
    let seed = 7;
    const random = (): number => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return seed / 2 ** 31;
    };
    for (let edit = 1; edit <= 100; edit += 1) {
      const text = String(edit).repeat(200);
      if (random() < 0.5) write(text);
      else {
        // Torn: two halves with a pause that is shorter than the time to settle.
        complete.add(text);
        writeFileSync(file('a.yaml'), text.slice(0, 77));
        await sleep(random() * 15);
        appendFileSync(file('a.yaml'), text.slice(77));
      }
      if (random() < 0.3) await sleep(random() * 120);
      if (edit % 25 === 0) await sleep(700);
    }
    await quiet(`a.yaml=${'100'.repeat(200)}`);
    expect(calls.length).toBeGreaterThan(1);
    for (const { contents } of calls) expect(complete).toContain(contents.replace('a.yaml=', ''));
  });
});
