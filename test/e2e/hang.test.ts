import { type ChildProcess, execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makePlace, type Place, PROGRAM, pause, type Running, sleeper as sleepIn, start, until } from './daemon.ts';
import { type Receiver, webServer } from './receivers.ts';

const SOURCE = new URL('./programs/hang.c', import.meta.url).pathname;

let place: Place;
let hook: Receiver;
let daemon: Running;
let sleepers: ChildProcess[] = [];

beforeEach(async () => {
  place = makePlace();
  hook = await webServer();
  execFileSync('gcc', ['-O2', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC', '-o', place.path('hang.so'), SOURCE]);
  place.write('psstop.yaml', 'interval: 200ms\nheartbeat: 0s\nrules: rules.yaml\n');
  place.write(
    'rules.yaml',
    `rules:
  - name: there
    select: { cmdline: "hang.*-${process.pid} 600" }
    by: process
    when: { above: { rss: 1KiB } }
    then: [{ webhook: { url: "http://127.0.0.1:${hook.port}/" } }]
`,
  );
});
afterEach(async () => {
  rmSync(place.path('hang'), { force: true });
  await daemon.stop();
  for (const one of sleepers) one.kill('SIGKILL');
  sleepers = [];
  await hook.close();
  place.remove();
});

function sleeper(name: string): ChildProcess {
  const child = sleepIn(place, `hang-${name}`);
  sleepers.push(child);
  return child;
}

/** The daemon on a disk that hangs while there is a file `hang`. */
function begin(state: string): void {
  const hangs = [`LD_PRELOAD=${place.path('hang.so')}`, `HANG_FILE=${place.path('hang')}`];
  const watch = [PROGRAM, 'watch', '--config', place.path('psstop.yaml'), '--state', state, '--json'];
  daemon = start('env', [...hangs, process.execPath, ...watch]);
}

const told = (): string[] =>
  hook.arrivals
    .map((text) => JSON.parse(text))
    .map(({ kind, target }) => `${kind} ${target.processes[0].pid}`)
    .sort();

it('a disk that hangs holds up the watchdog as long, which loses nothing, even when it is killed meanwhile', {
  timeout: 90_000,
}, async () => {
  begin(place.path('state'));
  const first = sleeper('first');
  await until(() => told().length === 1);
  place.write('hang', '');
  const second = sleeper('second');
  await pause(2_000);
  expect(told()).toEqual([`fired ${first.pid}`]);
  rmSync(place.path('hang'));
  await until(() => told().length === 2);
  place.write('hang', '');
  first.kill('SIGKILL');
  // An end waits ten seconds for a successor: then it is being written down.
  await pause(12_000);
  expect(told()).toHaveLength(2);
  daemon.child.kill('SIGKILL');
  await daemon.ended;
  rmSync(place.path('hang'));
  begin(place.path('state'));
  await until(() => told().length === 3);
  expect(told()).toEqual([`fired ${first.pid}`, `fired ${second.pid}`, `resolved ${first.pid}`].sort());
});

it('it holds up nobody who keeps nothing on it', { timeout: 60_000 }, async () => {
  place.write('hang', '');
  begin('none');
  const only = sleeper('only');
  await until(() => told().length === 1);
  expect(told()).toEqual([`fired ${only.pid}`]);
});
