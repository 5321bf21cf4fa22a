import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readStat } from '../../src/actions/process/identity.ts';
import { loadPidfds } from '../../src/actions/process/pidfd.ts';
import { whyProtected } from '../../src/actions/process/protected.ts';
import { makeSender } from '../../src/actions/process/send.ts';
import signal from '../../src/actions/signal.ts';
import { Skip } from '../../src/core/errors.ts';
import type { AlertEvent, EventProcess } from '../../src/core/types.ts';
import { actionContext, alertEvent, calm, given } from './event.ts';
import { ended, type Programs, pidsIn, programs, running } from './programs.ts';

let place: Programs;
const left: number[] = [];
let count = 0;

beforeAll(() => {
  place = programs();
});
afterAll(() => place.remove());
afterEach(() => {
  for (const pid of left.splice(0)) if (running(pid)) process.kill(pid, 'SIGKILL');
});

/** A process that psstop has not started: its parent, a shell, is gone. */
async function stranger(text: string): Promise<EventProcess> {
  count += 1;
  const file = join(place.folder, `${count}.pid`);
  const program = place.script(`stranger${count}`, `${text}`);
  const shell = spawn('sh', ['-c', 'setsid "$0" > /dev/null 2>&1 & echo $! > "$1"', program, file], {
    stdio: 'ignore',
  });
  await new Promise((resolve) => shell.once('exit', resolve));
  const [pid = 0] = await pidsIn(file, 1);
  left.push(pid);
  for (let tries = 0; tries < 200 && !readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(program); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  // The trap stands once the shell sleeps.
  await new Promise((resolve) => setTimeout(resolve, 100));
  return { pid, start: readStat('/proc', pid)?.start ?? 0, name: `stranger${count}` };
}

const about = (...processes: EventProcess[]): AlertEvent =>
  alertEvent({ target: { processes, count: processes.length } });

async function send(options: object, event: AlertEvent, abort = calm()): Promise<string> {
  const action = await signal.create(given(options), actionContext());
  return action.run(event, abort);
}

describe('a signal', () => {
  test('asks a process to end and tells that it has', async () => {
    const target = await stranger('exec sleep 30');
    expect(await send({}, about(target))).toBe(`${target.name} (${target.pid}): TERM, ended`);
    expect(running(target.pid)).toBe(false);
  });

  test('is followed by KILL for those who ignore it, and for them alone', async () => {
    const [stubborn, willing] = await Promise.all([
      stranger(`trap '' TERM; while :; do sleep 1; done`),
      stranger('exec sleep 30'),
    ]);
    const said = await send({ grace: '200ms' }, about(stubborn, willing));
    expect(said).toBe(
      `${stubborn.name} (${stubborn.pid}): TERM, KILL, ended; ${willing.name} (${willing.pid}): TERM, ended`,
    );
  });

  test('that does not ask to end is only sent', async () => {
    const file = join(place.folder, 'usr1');
    const target = await stranger(`trap 'echo 1 > ${file}' USR1; while :; do sleep 0.02; done`);
    expect(await send({ signal: 'USR1' }, about(target))).toBe(`${target.name} (${target.pid}): USR1, sent`);
    expect(await pidsIn(file, 1)).toEqual([1]);
    expect(running(target.pid)).toBe(true);
  });

  test('without a second one tells who is still there', async () => {
    const target = await stranger(`trap '' TERM; while :; do sleep 1; done`);
    // biome-ignore lint/suspicious/noThenProperty: the option is called so.
    const options = { grace: '100ms', then: 'none' };
    await expect(send(options, about(target))).rejects.toThrow(/TERM, still there after 100ms/);
    expect(running(target.pid)).toBe(true);
  });

  test('called off in the grace sends no second one', async () => {
    const target = await stranger(`trap '' TERM; while :; do sleep 1; done`);
    const sending = send({ grace: '10s' }, about(target), AbortSignal.timeout(150));
    await expect(sending).rejects.toThrow(/TERM, called off before it ended/);
    expect(running(target.pid)).toBe(true);
  });

  test('says when the target has more processes than the event names', async () => {
    const target = await stranger('exec sleep 30');
    const event = alertEvent({ target: { processes: [target], count: 12 } });
    expect(await send({}, event)).toContain('; 11 smaller processes of the target were left alone');
  });

  test('for nobody is a failure', async () => {
    await expect(send({}, about())).rejects.toThrow(/names no process/);
  });
});

describe('a pid that another process has by now', () => {
  test('is not signalled', async () => {
    const target = await stranger('exec sleep 30');
    const before = { ...target, start: target.start - 1 };
    const skipped = new Skip(`${target.name} (${target.pid}): already gone`);
    await expect(send({}, about(before))).rejects.toEqual(skipped);
    expect(running(target.pid)).toBe(true);
  });

  test('is not signalled without pidfds either', async () => {
    const target = await stranger('exec sleep 30');
    const sender = makeSender('/proc', undefined);
    expect(sender({ ...target, start: target.start + 1 }, 'SIGKILL')).toBe('gone');
    expect(running(target.pid)).toBe(true);
    expect(sender(target, 'SIGKILL')).toBe('sent');
    expect(await ended(target.pid)).toBe(true);
  });

  test('is not signalled when only the other /proc says that it is the one', async () => {
    const target = await stranger('exec sleep 30');
    const proc = join(place.folder, 'proc');
    mkdirSync(join(proc, String(target.pid)), { recursive: true });
    const stat = readFileSync(`/proc/${target.pid}/stat`, 'latin1').replace(
      ` ${target.start} `,
      ` ${target.start + 5} `,
    );
    writeFileSync(join(proc, String(target.pid), 'stat'), stat);
    const sender = makeSender(proc, await loadPidfds());
    expect(sender({ ...target, start: target.start + 5 }, 'SIGKILL')).toBe('gone');
    expect(sender(target, 'SIGKILL')).toBe('gone');
    expect(running(target.pid)).toBe(true);
  });
});

describe('a pidfd', () => {
  test('is at hand here, so that the tests above speak of it', async () => {
    const pidfds = await loadPidfds();
    expect(pidfds).toBeDefined();
    expect(pidfds?.hold(2 ** 22 + 1, () => 'sent')).toBe('gone');
  });

  test('is closed again', async () => {
    const pidfds = await loadPidfds();
    const open = (): number => readdirSync('/proc/self/fd').length;
    const before = open();
    for (let i = 0; i < 50; i += 1) pidfds?.hold(process.pid, () => 'sent');
    expect(open()).toBe(before);
  });
});

describe('psstop never signals', () => {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));

  test('the first process, itself, its parent or what it has started', async () => {
    child = spawn('sh', ['-c', 'sleep 30 & echo $!; wait'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const grandchild = await new Promise<number>((resolve) =>
      child?.stdout?.once('data', (data) => resolve(Number(data))),
    );
    left.push(grandchild);
    for (const pid of [1, process.pid, process.ppid, child.pid ?? 0, grandchild]) {
      const target = { pid, start: readStat('/proc', pid)?.start ?? 0, name: 'own' };
      await expect(send({ signal: 'CONT' }, about(target))).rejects.toThrow(/refused, it is /);
    }
    expect(running(grandchild)).toBe(true);
    expect(whyProtected('/proc', { pid: grandchild, start: 0 })).toBe('started by psstop');
  });
});

describe('the stat of a process', () => {
  test('is read right whatever the process calls itself', () => {
    const proc = join(place.folder, 'odd');
    mkdirSync(join(proc, '77'), { recursive: true });
    const rest = Array.from({ length: 48 }, (_, index) => 100 + index).join(' ');
    writeFileSync(join(proc, '77', 'stat'), `77 (a) R 1 (x\n) Z 1 2 3) S 5 6 7 ${rest}\n`);
    expect(readStat(proc, 77)).toEqual({ pid: 77, start: 115, state: 'S', ppid: 5, session: 7 });
    writeFileSync(join(proc, '77', 'stat'), 'garbage');
    expect(readStat(proc, 77)).toBeUndefined();
    expect(readStat(proc, 78)).toBeUndefined();
  });
});
