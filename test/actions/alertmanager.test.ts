import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import alertmanager from '../../src/actions/alertmanager.ts';
import type { Action } from '../../src/core/types.ts';
import { type Receiver, webServer } from '../e2e/receivers.ts';
import { actionContext, alertEvent, calm, given, HOSTILE } from './event.ts';

async function make(url: string, more: object = {}): Promise<Action> {
  const action = await alertmanager.create(given({ url, ...more }), actionContext());
  onTestFinished(async () => action.close?.());
  return action;
}

function fired(changes: Parameters<typeof alertEvent>[0] = {}) {
  const now = Date.now();
  return alertEvent({ time: now, since: now, ...changes });
}

async function until(holds: () => Promise<boolean>, seconds = 20): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`it did not happen within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const present = (() => {
  try {
    execFileSync('prometheus-alertmanager', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

interface GettableAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

/** What Alertmanager tells a receiver (its webhook, version 4). */
interface Notification {
  readonly status: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[];
}

describe.skipIf(!present)('a real Alertmanager', () => {
  const folder = mkdtempSync(join(tmpdir(), 'psstop-alertmanager-'));
  let server: ChildProcess;
  let url = '';
  let pager: Receiver;

  const alerts = async (query = ''): Promise<GettableAlert[]> =>
    (await (await fetch(`${url}/api/v2/alerts${query}`)).json()) as GettableAlert[];
  const named = async (name: string): Promise<GettableAlert[]> =>
    (await alerts()).filter(({ labels }) => labels.alertname === name);

  beforeAll(async () => {
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    url = `http://127.0.0.1:${port}/am`;
    pager = await webServer();
    const timing = 'group_wait: 2s, group_interval: 1s, repeat_interval: 1h';
    writeFileSync(
      join(folder, 'am.yml'),
      `route: { receiver: pager, group_by: [alertname, team], ${timing} }
receivers: [{ name: pager, webhook_configs: [{ url: "http://127.0.0.1:${pager.port}/", send_resolved: true }] }]
`,
    );
    const options = ['--config.file', join(folder, 'am.yml'), '--storage.path', folder, '--cluster.listen-address='];
    const where = ['--web.listen-address', `127.0.0.1:${port}`, '--web.route-prefix', '/am'];
    server = spawn('prometheus-alertmanager', [...options, ...where], { stdio: 'ignore' });
    await until(async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok === true);
  });
  afterAll(async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
    await pager.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('takes an alert, and its end', async () => {
    const action = await make(url);
    const event = fired({ rule: 'taken', labels: { team: 'web', '0 odd-name': 'x' } });
    expect(await action.run(event, calm())).toMatch(/^http:\/\/127\.0\.0\.1:\d+ took it with 200$/);
    expect(await named('taken')).toMatchObject([
      {
        labels: { severity: 'critical', team: 'web', target: 'nginx', by: 'name', _0_odd_name: 'x' },
        annotations: { summary: 'nginx holds 612 MiB of 500 MiB', value: '612 MiB', limit: '500 MiB' },
        startsAt: new Date(event.since).toISOString(),
      },
    ]);
    await action.run({ ...event, id: 'end', kind: 'resolved', reason: 'cleared', time: Date.now() }, calm());
    await until(async () => (await named('taken')).length === 0);
  });

  it('hears of a firing alert again and again, and forgets one of which it hears nothing', async () => {
    const [kept, left] = [await make(url, { every: '1s' }), await make(url, { every: '1s' })];
    await kept.run(fired({ rule: 'kept' }), calm());
    await left.run(fired({ rule: 'left', alert: 'other' }), calm());
    await left.close?.();
    await until(async () => (await named('left')).length === 0);
    const [alert] = await named('kept');
    expect(Date.parse(alert?.endsAt ?? '')).toBeGreaterThan(Date.now());
  });

  it('tells people of a group at once, and once more of its end', async () => {
    const action = await make(url);
    const teams = ['web', 'web', 'shop'];
    const events = teams.map((team, index) =>
      fired({ rule: 'grouped', alert: `g${index}`, labels: { team }, target: { key: `t${index}`, name: `t${index}` } }),
    );
    for (const event of events) await action.run(event, calm());
    // What people are told: the group, and who of it fires.
    const told = (team: string, status: string): string[][] =>
      pager.arrivals
        .map((text) => JSON.parse(text) as Notification)
        .filter(
          ({ groupLabels, ...one }) =>
            groupLabels.alertname === 'grouped' && groupLabels.team === team && one.status === status,
        )
        .map(({ alerts }) => alerts.map(({ labels }) => labels.target ?? '').sort());
    await until(async () => told('web', 'firing').length > 0 && told('shop', 'firing').length > 0);
    expect([told('web', 'firing'), told('shop', 'firing')]).toEqual([[['t0', 't1']], [['t2']]]);
    for (const event of events)
      await action.run(
        { ...event, id: `${event.alert}/end`, kind: 'resolved', reason: 'cleared', time: Date.now() },
        calm(),
      );
    await until(async () => told('web', 'resolved').length > 0 && told('shop', 'resolved').length > 0);
    expect([told('web', 'resolved'), told('shop', 'resolved')]).toEqual([[['t0', 't1']], [['t2']]]);
  });

  it('hears again of what it was told before a restart', async () => {
    const action = await make(url, { every: '1s' });
    action.resume?.(fired({ rule: 'resumed', alert: 'third' }));
    await until(async () => (await named('resumed')).length === 1);
  });

  it('takes names that strangers chose', async () => {
    const action = await make(url);
    await action.run(fired({ rule: 'strange', alert: 'fourth', target: { name: HOSTILE } }), calm());
    expect((await named('strange'))[0]?.labels.target).toBe(HOSTILE);
  });

  it('refuses what is no alert, for good', async () => {
    const action = await make(url);
    // An end before the beginning: the one thing that it checks besides labels.
    const wrong = { ...fired({ rule: 'wrong', alert: 'fifth' }), since: Date.now() + 3_600_000 * 24 };
    await expect(action.run(wrong, calm())).rejects.toThrow(/answered 400/);
  });
});

it('is tried again while Alertmanager is away', async () => {
  const action = await make('http://127.0.0.1:1');
  await expect(action.run(fired(), calm())).rejects.toMatchObject({ name: 'Retry' });
});
