import { renameSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertEvent } from '../../src/core/types.ts';
import { childrenOf, isAlive, makePlace, type Place, pause, type Running, start, until, watch } from './daemon.ts';
import { mailServer, type Receiver, webServer } from './receivers.ts';

const PROGRAMS = new URL('./programs/', import.meta.url).pathname;
/** Beside other tests a reading takes ten times as long as it works. */
const CONFIG = 'interval: 500ms\nheartbeat: 1s\nrules: rules.d\nreading: { per-process: 10% }\n';

let place: Place;
/** Comm has 15 bytes. */
let name: string;
let cleanUp: (() => unknown)[];

beforeEach(() => {
  place = makePlace();
  name = `leak-${process.pid}-${Math.random().toString(36).slice(2, 5)}`.slice(0, 15);
  cleanUp = [];
  place.write('psstop.yaml', CONFIG);
});

afterEach(async () => {
  for (const clean of cleanUp.reverse()) await clean();
  place.remove();
});

function keep<T>(thing: T, clean: (thing: T) => unknown): T {
  cleanUp.push(() => clean(thing));
  return thing;
}

/** A process that takes `most` MiB, 20 in each tenth of a second. */
function leak(most: number): Running {
  const running = keep(start(process.execPath, [`${PROGRAMS}leak.mjs`, '20', '100', String(most), name]), (it) =>
    it.stop(),
  );
  place.write('pid', `${running.pid}`);
  return running;
}

function daemon(...more: string[]): Running {
  return keep(watch(place, ...more), (it) => it.stop());
}

function budget(then: string, limit = '150MiB'): string {
  return `rules:
  - name: budget
    select: ${name}
    when: { above: { pss: ${limit} } }
    for: 1s
    then: ${then}
`;
}

describe('psstop watch', { timeout: 60_000 }, () => {
  it('tells of a leak by log, mail and webhook, has it restarted, and tells of the end: in order, once each', async () => {
    const seen: { what: string; logged: boolean; restarted: boolean }[] = [];
    const note = (what: string) => (): void => {
      seen.push({ what, logged: place.read('alerts.log').includes('fired'), restarted: place.read('restarts') !== '' });
    };
    const smtp: Receiver = keep(await mailServer(note('mail')), (it) => it.close());
    const web: Receiver = keep(await webServer(note('webhook')), (it) => it.close());
    place.write(
      'rules.d/budget.yaml',
      `${budget(`[record, mail, hook, again]`)}
actions:
  record: { log: { file: ${place.path('alerts.log')} } }
  mail: { email: { server: "smtp://127.0.0.1:${smtp.port}", from: psstop@example.org, to: [ops@example.org] } }
  hook: { webhook: { url: "http://127.0.0.1:${web.port}/alerts" } }
  again: { restart: { command: [${process.execPath}, ${PROGRAMS}restart.mjs, ${place.path('pid')}, ${place.path('restarts')}] } }
`,
    );
    const psstop = daemon();
    await psstop.says(/ alive /);
    const first = leak(260);
    void first.ended.then(() => leak(20));

    await until(() => smtp.arrivals.length >= 2 && web.arrivals.length >= 2, 30);
    // Anything that is done twice would be done by now.
    await pause(3000);
    expect(seen.map(({ what }) => what)).toEqual(['mail', 'webhook', 'mail', 'webhook']);
    expect(seen[0]).toMatchObject({ logged: true, restarted: false });
    expect(seen[1]).toMatchObject({ logged: true, restarted: false });
    expect(place.read('restarts')).toBe(`${first.pid}\n`);

    const log = place.read('alerts.log').trim().split('\n');
    expect(log).toHaveLength(2);
    expect(log[0]).toMatch(new RegExp(`fired.*budget.*${name}`));
    expect(log[1]).toMatch(/resolved:restarted budget/);

    const events = web.arrivals.map((text) => JSON.parse(text) as AlertEvent);
    expect(events.map(({ kind }) => kind)).toEqual(['fired', 'resolved']);
    expect(events[0]?.value).toBeGreaterThan(150 * 2 ** 20);
    expect(events[0]?.target.processes[0]?.pid).toBe(first.pid);
    expect(events[1]?.alert).toBe(events[0]?.alert);
    expect(smtp.arrivals[0]).toMatch(/^Subject: .*budget/m);
    expect(smtp.arrivals[1]).toMatch(/^Subject: .*resolved/im);
  });

  it('says what it would do in a dry run, and does none of it', async () => {
    const web = keep(await webServer(), (it) => it.close());
    place.write('rules.d/budget.yaml', budget(`[{ webhook: { url: "http://127.0.0.1:${web.port}/" } }]`));
    leak(200);
    const psstop = daemon('--dry-run');
    await psstop.says(/fired.*budget/);
    await pause(1500);
    expect(web.arrivals).toEqual([]);
    expect(psstop.output()).toMatch(/skipped webhook budget: .*: dry run/);
  });

  describe('while its rules are edited', () => {
    it('takes new ones without being told, and resolves the alerts of those that are gone', async () => {
      place.write('rules.d/budget.yaml', budget('[log]', '10GiB'));
      leak(200);
      const psstop = daemon();
      await psstop.says(/ alive /);
      expect(psstop.output()).not.toMatch(/fired/);
      // As an editor does it: a new file takes the name.
      place.write('new', budget('[log]'));
      renameSync(place.path('new'), place.path('rules.d/budget.yaml'));
      await psstop.says(/fired.*budget/);
      place.write('rules.d/budget.yaml', 'rules: []\n');
      await psstop.says(/resolved rule removed .*budget/);
    });

    it('keeps the old ones where the new ones are wrong, says where, and goes on when they are mended', async () => {
      place.write('rules.d/budget.yaml', budget('[log]', '10GiB'));
      const psstop = daemon();
      await psstop.says(/ alive /);
      place.write('rules.d/budget.yaml', budget('[log]').replace('above', 'abvoe'));
      const output = await psstop.says(/budget\.yaml:4:\d+/);
      expect(output).toMatch(/above/);
      place.write('rules.d/other.yaml', 'rules: [');
      await psstop.says(/other\.yaml:\d+:\d+/);
      leak(200);
      await pause(2500);
      expect(psstop.output()).not.toMatch(/fired/);
      place.write('rules.d/other.yaml', 'rules: []\n');
      place.write('rules.d/budget.yaml', budget('[log]'));
      await psstop.says(/fired.*budget/);
    });

    it('keeps an alert firing, and its timers, where its rule has not changed', async () => {
      place.write('rules.d/budget.yaml', budget('[log]'));
      leak(200);
      const psstop = daemon();
      await psstop.says(/fired.*budget/);
      place.write('rules.d/more.yaml', budget('[log]', '100GiB').replace('name: budget', 'name: more'));
      psstop.child.kill('SIGHUP');
      await psstop.says(/rules[ -]loaded|more/);
      await pause(2500);
      expect(psstop.output().match(/fired/g)).toHaveLength(1);
      expect(psstop.output()).not.toMatch(/resolved/);
    });
  });

  it('reads its rules again at SIGHUP, and says so even when nothing has changed', async () => {
    place.write('rules.d/budget.yaml', budget('[log]'));
    const psstop = daemon();
    await psstop.says(/ alive /);
    const before = psstop.output().length;
    psstop.child.kill('SIGHUP');
    await until(() => /rules/.test(psstop.output().slice(before)));
    expect(psstop.child.exitCode).toBeNull();
  });

  it('opens its logs again at SIGUSR1, and never a debugger', async () => {
    place.write('rules.d/budget.yaml', budget(`[{ log: { file: ${place.path('alerts.log')} } }]`));
    const psstop = daemon();
    await psstop.says(/ alive /);
    const running = leak(200);
    await until(() => place.read('alerts.log').includes('fired'));
    renameSync(place.path('alerts.log'), place.path('alerts.log.1'));
    psstop.child.kill('SIGUSR1');
    await pause(500);
    await running.stop();
    await until(() => place.read('alerts.log').includes('resolved:exited'));
    expect(place.read('alerts.log.1')).not.toMatch(/resolved/);
    expect(psstop.output()).not.toMatch(/[Dd]ebugger/);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends cleanly at %s and leaves no process behind', async (signal) => {
    place.write('rules.d/budget.yaml', budget('[log]'));
    const psstop = daemon();
    await psstop.says(/ alive /);
    const children = childrenOf(psstop.pid);
    expect(children.length).toBeGreaterThan(0);
    const begin = performance.now();
    psstop.child.kill(signal);
    expect(await psstop.ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - begin).toBeLessThan(2500);
    await until(() => children.every((pid) => !isAlive(pid)), 5);
  });

  it('does not start with rules that are wrong: exit code 2, and where they are wrong', async () => {
    place.write('rules.d/budget.yaml', budget('[log]', '150'));
    const psstop = daemon();
    expect(await psstop.ended).toEqual({ code: 2, signal: null });
    expect(psstop.output()).toMatch(/budget\.yaml:4:\d+.*150/);
  });

  it('tells of rules that were rejected to whom `on` names', async () => {
    place.write(
      'psstop.yaml',
      `${CONFIG}on: [{ notice: [rules-rejected], then: [{ log: { file: ${place.path('notices.log')}, format: ndjson } }] }]\n`,
    );
    place.write('rules.d/budget.yaml', budget('[log]'));
    const watching = daemon();
    await watching.says(/ rules?, every /);
    place.write('rules.d/budget.yaml', 'rules: [{ name: broken }]\n');
    await until(() => place.read('notices.log') !== '');
    const event = JSON.parse(place.read('notices.log')) as AlertEvent;
    expect(event).toMatchObject({ kind: 'fired', rule: 'on[0]', labels: { notice: 'rules-rejected' } });
    expect(event.message).toMatch(/budget\.yaml/);
  });
});
