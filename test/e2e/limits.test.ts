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

/** Two services, each signalled by a rule of its own as often as it may be. @param limits of the host. */
async function twoServices(limits: string): Promise<void> {
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
    `interval: 200ms\nheartbeat: 0s\nrules: rules.yaml\nstate: state\nlimits: { ${limits} }\n`,
  );
}

function signalled(name: string): number {
  return place.read(name).split('\n').length - 1;
}

it('a daemon that is killed again and again acts no more often than it may', { timeout: 120_000 }, async () => {
  await twoServices('restarts: 5 per 1h');
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

it('in quiet hours nothing is done, which is said, and done at their end', { timeout: 240_000 }, async () => {
  // They end with this minute, or with the next where this one is nearly over.
  const end = Math.ceil((Date.now() + 10_000) / 60_000) * 60_000;
  const clock = (time: number): string => new Date(time).toISOString().slice(11, 16);
  await twoServices(`quiet: { from: "${clock(end - 3_600_000)}", to: "${clock(end)}", zone: UTC }`);
  const daemon = watch(place, '--json');
  running.push(daemon);
  const quiet = /"outcome":"skipped","reason":"quiet hours: nothing is done to processes before they end"/g;
  await until(() => (daemon.output().match(quiet) ?? []).length === 2);
  await daemon.says(/"kind":"reminded"/);
  expect([signalled('one'), signalled('two')]).toEqual([0, 0]);
  expect(Date.now()).toBeLessThan(end);
  await until(() => signalled('one') === 2 && signalled('two') > 2, 90);
  expect(Date.now()).toBeGreaterThanOrEqual(end);
  expect(daemon.output().match(quiet)).toHaveLength(2);
});
