import type { ChildProcess } from 'node:child_process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makePlace, type Place, PROGRAM, pause, type Running, sleeper, start, until, watch } from './daemon.ts';

let place: Place;
let sleepers: ChildProcess[];
let daemon: Running;

beforeEach(() => {
  place = makePlace();
  sleepers = ['taken', 'hushed'].map((name) => sleeper(place, `sleep-${name}`));
  const rule = (name: string): string => `
  - name: ${name}
    select: { cmdline: "sleep-${name}-${process.pid} 600" }
    by: process
    when: { above: { rss: 1KiB } }
    repeat: 300ms
    then: [{ log: { file: ${place.path(name)} } }]`;
  place.write('rules.yaml', `rules:${rule('taken')}${rule('hushed')}\n`);
  place.write('psstop.yaml', 'interval: 100ms\nheartbeat: 0s\nrules: rules.yaml\nstate: state\n');
});
afterEach(async () => {
  await daemon.stop();
  for (const one of sleepers) one.kill('SIGKILL');
  place.remove();
});

/** Lines of a rule's log. */
function told(name: string): string[] {
  return place.read(name).split('\n').filter(Boolean);
}

async function begin(): Promise<void> {
  daemon = watch(place, '--json', '--socket', place.path('run/socket'));
  await daemon.says(/"kind":"started"/);
}

async function call(...args: readonly string[]): Promise<string> {
  const running = start(process.execPath, [PROGRAM, ...args, '--socket', place.path('run/socket')]);
  expect((await running.ended).code, running.output()).toBe(0);
  return running.output();
}

async function views(): Promise<Record<string, { held?: string; acknowledged?: { author: string }; alert: string }>> {
  const lines = (await call('alerts', '--json')).trim().split('\n');
  return Object.fromEntries(lines.map((line) => JSON.parse(line)).map((view) => [view.rule, view]));
}

it('a silence and an acknowledgement outlive SIGKILL and SIGTERM, and end as if nothing had been', {
  timeout: 120_000,
}, async () => {
  await begin();
  await until(() => told('taken').length > 1 && told('hushed').length > 1);
  await call('ack', 'taken', '--reason', 'on it', '--author', 'ann');
  await call('silence', 'add', '--rule', 'hushed', '--for', '1h', '--reason', 'deploy', '--author', 'bob');
  const ids = (await views()).taken?.alert;
  await pause(500);
  const before = [told('taken').length, told('hushed').length];
  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGKILL'] as const) {
    daemon.child.kill(signal);
    await daemon.ended;
    await begin();
    // Long enough for several reminders.
    await daemon.says(/"kind":"reminded"(.*\n)*.*"kind":"reminded"/);
    const { taken, hushed } = await views();
    expect(taken).toMatchObject({ alert: ids, acknowledged: { author: 'ann' } });
    expect(hushed?.held).toMatch(/^silenced by bob \(\w+\): deploy$/);
  }
  expect([told('taken').length, told('hushed').length]).toEqual(before);

  const [silence = ''] = (await call('silence', 'list', '--json')).trim().split('\n');
  await call('silence', 'end', JSON.parse(silence).id);
  await until(() => told('hushed').length > (before[1] ?? 0));
  for (const one of sleepers) one.kill('SIGKILL');
  await until(() => [told('taken'), told('hushed')].every((lines) => lines.at(-1)?.includes('resolved')));
  expect(told('taken')).toHaveLength((before[0] ?? 0) + 1);
  expect(told('hushed').filter((line) => line.includes('fired'))).toHaveLength(1);
});
