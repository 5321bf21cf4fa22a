import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makePlace, type Place, pause, type Running, start, until, watch } from './daemon.ts';

const LISTENER = new URL('./programs/listener.mjs', import.meta.url).pathname;

let place: Place;
const running: Running[] = [];

beforeEach(() => {
  place = makePlace();
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
  place.remove();
});

/** Two services, each signalled by a rule of its own as often as it may be. */
async function twoServices(): Promise<void> {
  for (const name of ['one', 'two']) {
    running.push(start(process.execPath, [LISTENER, place.path(name), `limited-${name}-${process.pid}`]));
    await until(() => existsSync(place.path(name)));
  }
  const rule = (name: string, more: string): string => `
  - name: ${name}
    select: { cmdline: "limited-${name}-${process.pid}" }
    by: process
    when: { above: { rss: 1KiB } }
    repeat: 200ms
    then: [{ signal: { signal: USR2${more} } }]`;
  place.write('rules.yaml', `rules:${rule('one', ', at-most: 2 per 1h')}${rule('two', '')}\n`);
  place.write(
    'psstop.yaml',
    'interval: 200ms\nheartbeat: 0s\nrules: rules.yaml\nstate: state\nlimits: { restarts: 5 per 1h }\n',
  );
}

function signalled(name: string): number {
  return place.read(name).split('\n').length - 1;
}

it('a daemon that is killed again and again acts no more often than it may', { timeout: 120_000 }, async () => {
  await twoServices();
  for (let life = 0; life < 6; life += 1) {
    const daemon = watch(place, '--json');
    running.push(daemon);
    await daemon.says(/"kind":"reminded"/);
    // Long enough for a few more, were they allowed.
    await pause(600);
    daemon.child.kill('SIGKILL');
    await daemon.ended;
  }
  const last = watch(place, '--json');
  running.push(last);
  await last.says(/limit reached: restarts and signals of all rules at most 5 times in 1h/);
  await last.says(/limit reached: (restarts and signals of all rules|one signal) at most/);
  await last.stop();
  expect(signalled('one')).toBeLessThanOrEqual(2);
  expect(signalled('one') + signalled('two')).toBe(5);
});
