import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertEvent, Event } from '../../src/core/types.ts';
import { makePlace, type Place, PROGRAM, pause, type Running, start, until, watch } from './daemon.ts';

/** Takes half a MiB ten times a second until it holds 300 MiB. */
const LEAK = `const all = []; setInterval(() => all.length < 600 && all.push(Buffer.alloc(2 ** 19, 1)), 100)`;
const NAME = `recall-${process.pid}`;

let place: Place;
let leaking: ChildProcess;
let daemon: Running | undefined;

beforeEach(() => {
  place = makePlace();
  leaking = spawn(process.execPath, ['-e', LEAK, NAME], { stdio: 'ignore' });
  place.write('psstop.yaml', 'interval: 500ms\nheartbeat: 0s\nrules: rules.yaml\nstate: state\n');
});

afterEach(async () => {
  await daemon?.stop();
  leaking.kill('SIGKILL');
  place.remove();
});

/** Rules that look at its growth. */
function rules(...names: string[]): string {
  const one = (name: string): string => `
  - name: ${name}
    select: { cmdline: '${NAME}' }
    by: process
    when: { growth: { pss: 1MiB/s, over: 30s } }
    then: []`;
  return `rules:${names.map(one).join('')}\n`;
}

function run(): Running {
  // Whatever reading costs: the machine may be busy.
  daemon = watch(place, '--json', '--exact', '--socket', place.path('run/socket'));
  return daemon;
}

function fired(running: Running): AlertEvent[] {
  const lines = running.output().split('\n');
  const events = lines.filter((line) => /^\{.*\}$/.test(line)).map((line) => JSON.parse(line) as Event);
  return events.filter((event) => event.type === 'alert').filter(({ kind }) => kind === 'fired');
}

async function why(rule: string): Promise<string> {
  const asked = start(process.execPath, [PROGRAM, 'why', rule, '--socket', place.path('run/socket')]);
  await asked.ended;
  return asked.output();
}

describe('a rule that is new', { timeout: 180_000 }, () => {
  it('knows what was stored before it was there: after a start, and after a reload', async () => {
    place.write('rules.yaml', rules('first'));
    const before = run();
    await until(() => fired(before).length > 0, 80);
    before.child.kill('SIGTERM');
    await before.ended;

    place.write('rules.yaml', rules('first', 'second'));
    const begun = Date.now();
    const after = run();
    await until(() => fired(after).some(({ rule }) => rule === 'second'), 20);
    const [second] = fired(after).filter(({ rule }) => rule === 'second');
    const first = fired(after).filter(({ rule }) => rule === 'first');
    expect(Date.now() - begun, 'long before a window has passed').toBeLessThan(20_000);
    expect(second?.because).toMatch(/^pss grows by .* in the last (2[6-9]|30)/);
    expect(first, 'what fired before is not told again').toEqual([]);
    expect(after.output()).toMatch(/what is stored tells new rules of the past: second \(1 target, \d+s\)/);
    expect(await why('second')).toMatch(/its history goes back \d+s, up to \d+s ago from what was stored before/);

    place.write('rules.yaml', rules('first', 'second', 'third'));
    const changed = Date.now();
    await until(() => fired(after).some(({ rule }) => rule === 'third'), 20);
    expect(Date.now() - changed).toBeLessThan(20_000);
    await pause(500);
    expect(fired(after).map(({ rule }) => rule)).toEqual(['second', 'third']);
    await after.stop();
  });
});
