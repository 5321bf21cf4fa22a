import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertEvent, Event } from '../../src/core/types.ts';
import { makePlace, type Place, pause, type Running, sleeper as sleepIn, until, watch } from './daemon.ts';

/** How often the daemon is killed at a random moment. PSSTOP_SEED repeats them. */
const KILLS = Number(process.env.PSSTOP_KILLS ?? 6);

let place: Place;
let sleeper: ChildProcess;
let daemon: Running | undefined;

beforeEach(() => {
  place = makePlace();
  sleeper = sleepIn(place, 'state-sleep');
  place.write('psstop.yaml', 'interval: 100ms\nheartbeat: 0s\nrules: rules.yaml\nstate: state\n');
  place.write('rules.yaml', rules('fires', 'waits'));
});

afterEach(async () => {
  await daemon?.stop();
  sleeper.kill('SIGKILL');
  place.remove();
});

/** What holds for the sleeper at once, told of at once or after a while. */
function rules(...names: string[]): string {
  const one = (name: string): string => `
  - name: ${name}
    select: { cmdline: 'state-sleep-${process.pid} 600' }
    by: process
    when: { above: { rss: 1KiB } }
    for: ${name === 'waits' ? '4s' : '0s'}
    severity: warning
    then: []`;
  return `rules:${names.map(one).join('')}\n`;
}

function start(...more: string[]): Running {
  daemon = watch(place, '--json', ...more);
  return daemon;
}

/** Ends it, and gives what it said. */
async function end(running: Running, signal: NodeJS.Signals): Promise<Event[]> {
  running.child.kill(signal);
  await running.ended;
  return eventsOf(running);
}

function eventsOf(running: Running): Event[] {
  const lines = running
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'));
  return lines.map((line) => JSON.parse(line) as Event);
}

function alerts(events: readonly Event[]): AlertEvent[] {
  return events.filter((event) => event.type === 'alert');
}

function brief(events: readonly Event[]): string[] {
  return alerts(events).map(({ rule, kind, reason }) => [rule, kind, ...(reason ? [reason] : [])].join(' '));
}

describe('the state of psstop watch', { timeout: 120_000 }, () => {
  it('survives SIGKILL at any moment: nothing is lost, nothing told twice, and a `for` goes on', async () => {
    const seed = Number(process.env.PSSTOP_SEED ?? Math.floor(Math.random() * 1e6));
    const dice = (round: number): number => (Math.imul(seed + round, 0x9e3779b1) >>> 8) % 400;
    const told: Event[] = [];
    for (let round = 0; round < KILLS; round += 1) {
      const running = start();
      await running.says(/"kind":"started"/);
      await pause(dice(round));
      told.push(...(await end(running, 'SIGKILL')));
    }
    const last = start();
    // It may have fired, and been said or not, when the program was killed: that it goes on shows when it ends.
    await until(() => brief([...told, ...eventsOf(last)]).includes('waits fired'), 8).catch(() => undefined);
    sleeper.kill('SIGKILL');
    await until(() => (last.output().match(/"reason":"exited"/g) ?? []).length === 2);
    told.push(...(await end(last, 'SIGTERM')));
    const counts = new Map<string, number>();
    for (const what of brief(told)) counts.set(what, (counts.get(what) ?? 0) + 1);
    // What is on the disk and was not yet said when the program was killed is told by the outbox alone: the log may lack it.
    const expected = { 'fires resolved exited': 1, 'waits resolved exited': 1 };
    expect(Object.fromEntries(counts), `seed ${seed}`).toMatchObject(expected);
    for (const [what, count] of counts) expect(count, `${what}, seed ${seed}`).toBe(1);
    for (const rule of ['fires', 'waits']) {
      const ids = alerts(told)
        .filter((event) => event.rule === rule)
        .map(({ alert }) => alert);
      expect(new Set(ids).size, `seed ${seed}`).toBe(1);
    }
  });

  it('is settled at the next start: a rule that is gone, a process that is gone', async () => {
    const first = start();
    await first.says(/"rule":"fires"/);
    const began = await end(first, 'SIGTERM');
    expect(brief(began)).toContain('fires fired');
    place.write('rules.yaml', rules('others'));
    const second = start();
    await second.says(/rule removed/);
    expect(brief(await end(second, 'SIGTERM'))).toEqual(
      expect.arrayContaining(['fires resolved rule removed', 'others fired']),
    );
    sleeper.kill('SIGKILL');
    const third = start();
    await third.says(/"reason":"exited"/);
    const ended = alerts(await end(third, 'SIGTERM'));
    expect(brief(ended)).toEqual(['others resolved exited']);
    expect(ended[0]?.target.processes[0]?.pid).toBe(sleeper.pid);
  });

  it('counts in the first sign of life what was firing before', async () => {
    place.write('psstop.yaml', 'interval: 100ms\nheartbeat: 100ms\nrules: rules.yaml\nstate: state\n');
    place.write('rules.yaml', rules('fires'));
    const first = start();
    await first.says(/"kind":"fired"/);
    await end(first, 'SIGTERM');
    const second = start();
    await second.says(/"type":"heartbeat"/);
    expect(/^.*"type":"heartbeat".*$/m.exec(second.output())?.[0]).toContain('"firing":1,');
  });

  it('is refused to a second watchdog, which says so', async () => {
    await start().says(/"kind":"started"/);
    const second = watch(place, '--json');
    expect((await second.ended).code).toBe(1);
    expect(second.output()).toContain(`another psstop keeps its state in ${place.path('state')}. "psstop alerts"`);
    expect(alerts(eventsOf(second))).toEqual([]);
  });

  it('that is damaged is set aside, told, and begun anew', async () => {
    const first = start();
    await first.says(/"rule":"fires"/);
    await end(first, 'SIGTERM');
    const file = place.path('state/psstop.db');
    const bytes = readFileSync(file);
    bytes.fill(0xff, 4096);
    writeFileSync(file, bytes);
    const second = start();
    await second.says(/"rule":"fires"/);
    const events = await end(second, 'SIGTERM');
    expect(events.find((event) => event.type === 'notice' && event.kind === 'state')).toMatchObject({
      message: expect.stringContaining('set aside'),
    });
    expect(brief(events)).toContain('fires fired');
    expect(readdirSync(place.path('state')).some((name) => name.startsWith('psstop.db.corrupt-'))).toBe(true);
  });

  it('is not kept by a dry run, nor where somebody tries rules out', async () => {
    const dry = start('--dry-run');
    await dry.says(/"rule":"fires"/);
    await end(dry, 'SIGTERM');
    const none = start('--state', 'none');
    await none.says(/"rule":"fires"/);
    await end(none, 'SIGTERM');
    expect(existsSync(place.path('state'))).toBe(false);
  });

  it('that can not be kept is told, and the watchdog goes on', async () => {
    place.write('state', 'a file, and no folder');
    const running = start();
    await running.says(/"rule":"fires"/);
    const events = await end(running, 'SIGTERM');
    expect(events.find((event) => event.type === 'notice' && event.kind === 'state')).toMatchObject({
      message: expect.stringMatching(/^no state is kept, a restart forgets all alerts: .*EEXIST/),
    });
  });
});
