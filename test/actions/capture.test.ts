import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { firstLook, keepFirstLook } from '../../src/actions/capture/first-look.ts';
import { redact } from '../../src/actions/capture/redact.ts';
import { compareHoldings, parseSmaps } from '../../src/actions/capture/smaps.ts';
import capture from '../../src/actions/capture.ts';
import { readStat } from '../../src/actions/process/identity.ts';
import { Skip } from '../../src/core/errors.ts';
import type { AlertEvent } from '../../src/core/types.ts';
import { actionContext, alertEvent, calm, given } from './event.ts';

let folder: string;
let child: ChildProcess;

beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'psstop-capture-')), 'captures');
  // Takes 20 MiB a second until it has some 200 MiB.
  const program =
    'const kept = []; setInterval(() => kept.length < 200 && kept.push(Buffer.alloc(2 ** 20, 1)), 50); console.log("up")';
  child = spawn(process.execPath, ['-e', program, '--', '--db-password=hush', 'postgres://app:hush@db/x']);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
});
afterEach(() => {
  child.kill('SIGKILL');
  rmSync(join(folder, '..'), { recursive: true });
});

const fileOf = (said: string): string => /^captured in (\/.*\.txt)(: |$)/.exec(said)?.[1] ?? '';
const about = (start?: number): AlertEvent => {
  const pid = child.pid ?? 0;
  const processes = [{ pid, start: start ?? readStat('/proc', pid)?.start ?? 0, name: 'node' }];
  return alertEvent({ target: { by: 'process', unit: 'no-such.service', processes, count: 1 } });
};

it('writes down what grows, and no secret, where only we can read it', async () => {
  const options = { folder, between: '1s', hook: ['/bin/sh', '-c', 'echo "hooked $PSSTOP_PID token=hush"'] };
  const noted: [string, string][] = [];
  const evidence = {
    note: (alert: string, file: string) => void noted.push([alert, file]),
    fill: <T>(event: T) => event,
  };
  const action = await capture.create(given(options), actionContext({ evidence }));
  const said = await action.run(about(), calm());
  const file = fileOf(said);
  expect(said).toMatch(/^captured in \/.*\.txt: anonymous grew by [\d.]+ MiB in [12](\.\d+)?s$/);
  expect(noted).toEqual([[about().alert, file]]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  const text = readFileSync(file, 'utf8');
  expect(text).toMatch(/== mappings, and what changed in 1s\n[\d.]+ MiB \(\+[\d.]+ MiB\) {2}anonymous\n/);
  expect(text).not.toContain(', since ');
  for (const part of [
    /^Threads:/m,
    /== descriptors\n\d+ in all/,
    /memory.pressure\n|the kernel counts no memory for it/,
    /--db-password=\*\*\*/,
    /:\*\*\*@db/,
  ])
    expect(text).toMatch(part);
  expect(text).toContain(`hooked ${child.pid} token=***`);
  expect(text).not.toContain('hush');
});

it('keeps what it writes in the state folder, where nobody names another', async () => {
  const state = join(folder, '..');
  const action = await capture.create(given({ between: '10ms' }), actionContext({ state }));
  expect(fileOf(await action.run(about(), calm()))).toMatch(new RegExp(`^${state}/captures/[^/]+$`));
});

it('compares with what the process held when the alert was pending, and says how long ago that was', async () => {
  const action = await capture.create(given({ folder, between: '10ms' }), actionContext());
  await action.foresee?.(about(), calm());
  await new Promise((resolve) => setTimeout(resolve, 1500));
  // Another action on the same folder, as after a reload.
  const later = await capture.create(given({ folder, between: '10ms' }), actionContext());
  const said = await later.run(about(), calm());
  expect(said).toMatch(/: anonymous grew by [\d.]+ MiB in [1-9](\.\d+)?s$/);
  const text = readFileSync(fileOf(said), 'utf8');
  const [, since = '', kind = '0'] =
    /== mappings, and what changed in [\d.]+s, since (\S+Z)\n[\d.]+ MiB \(\+([\d.]+) MiB\) {2}anonymous\n/.exec(text) ??
    [];
  expect(Date.now() - Date.parse(since)).toBeGreaterThan(1500);
  // 20 MiB a second, and no less than half of that on a busy machine.
  expect(Number(kind)).toBeGreaterThan(15);
  expect(Number(kind)).toBeLessThan(200);
});

it('keeps no first look of who is gone, and reads none twice', async () => {
  const about1 = (held: number) => ({ time: held, held: new Map([['[heap]', held]]) });
  const look = { folder, proc: '/proc' };
  const me = { pid: process.pid, start: readStat('/proc', process.pid)?.start ?? 0, name: 'vitest' };
  const now = Date.now();
  keepFirstLook(look, { pid: 4_194_303, start: 1, name: 'gone' }, about1(now));
  keepFirstLook(look, me, about1(now));
  keepFirstLook(look, me, about1(now + 1));
  expect(readdirSync(folder)).toEqual([`first-look-${me.pid}-${me.start}.json`]);
  expect(firstLook(look, me)).toEqual({ time: now, held: new Map([['[heap]', now]]) });
  // The same pid and start, in an earlier boot.
  expect(firstLook(look, { ...me, start: me.start + 100 * 86_400 })).toBeUndefined();
  writeFileSync(join(folder, `first-look-${me.pid}-${me.start}.json`), 'not JSON');
  expect(firstLook(look, me)).toBeUndefined();
});

it('keeps the newest few, each no bigger than it may be', async () => {
  const options = { folder, between: '10ms', keep: 2, 'max-size': '4KiB' };
  const action = await capture.create(given(options), actionContext());
  const files: string[] = [];
  for (let turn = 0; turn < 4; turn += 1) files.push(fileOf(await action.run(about(), calm())));
  expect(
    readdirSync(folder)
      .filter((name) => name.endsWith('.txt'))
      .map((name) => join(folder, name))
      .sort(),
  ).toEqual(files.slice(2).sort());
  for (const file of files.slice(2)) expect(statSync(file).size).toBeLessThanOrEqual(4096);
});

it('looks at nobody else when the process is gone', async () => {
  const action = await capture.create(given({ folder }), actionContext());
  await expect(action.run(about(1), calm())).rejects.toThrow(Skip);
});

it('adds up mappings by their names', () => {
  const smaps = (heap: number): string =>
    `5581-5582 rw-p 00000000 00:00 0                          [heap]\nSize: 9 kB\nPss:  ${heap} kB\nPss_Dirty: 7 kB\nSwapPss:  1 kB\n` +
    '7f01-7f02 r-xp 00000000 08:01 42   /usr/lib/a b.so\nPss: 3 kB\n7f02-7f03 rw-p 00000000 00:00 0 \nPss: 5 kB\n';
  const [before, after] = [parseSmaps(smaps(10)), parseSmaps(smaps(1034))];
  expect(Object.fromEntries(before)).toEqual({ '[heap]': 11264, '/usr/lib/a b.so': 3072, anonymous: 5120 });
  expect(compareHoldings(before, after)).toEqual([
    '1.01 MiB (+1.00 MiB)  heap',
    '5.00 KiB  anonymous',
    '3.00 KiB  files',
    '-',
    '1.01 MiB (+1.00 MiB)  [heap]',
    '5.00 KiB  anonymous',
    '3.00 KiB  /usr/lib/a b.so',
  ]);
});

it.each([
  ['java -Ddb.password=x1 -jar a.jar', 'java -Ddb.password=*** -jar a.jar'],
  ['app --api-key x1 --port 80', 'app --api-key *** --port 80'],
  ['{"token": "x1", "n": 2}', '{"token": ***, "n": 2}'],
  ['Authorization: Bearer x1.y-z', 'Authorization: *** ***'],
  ['amqp://u:x1@h/v', 'amqp://u:***@h/v'],
  ['nothing secret: 5', 'nothing secret: ***'],
  ['plain --port=80 words', 'plain --port=80 words'],
])('leaves secrets out: %s', (text, expected) => {
  expect(redact(text)).toBe(expected);
});
