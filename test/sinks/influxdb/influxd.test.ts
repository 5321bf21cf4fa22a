import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Sink, SinkContext } from '../../../src/core/types.ts';
import plugin from '../../../src/sinks/influxdb.ts';
import { context, until } from '../context.ts';
import { alertEvent, MiB, notice, snapshot } from '../made-up.ts';
import { type Influxd, influxd, PASSWORD, present, USER } from './influxd.ts';

const HOSTILE = 'evil\\,= "x"\nm,host=other pss=1i 1\\';

describe.skipIf(!present)('a real InfluxDB 1', () => {
  let server: Influxd;
  const folder = mkdtempSync(join(tmpdir(), 'psstop-influxdb-'));
  beforeAll(async () => {
    server = await influxd();
  }, 60_000);
  afterAll(async () => {
    await server?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function make(more: object = {}, host: SinkContext = context()): Promise<Sink> {
    const options = { url: server.url, database: 'psstop', user: USER, password: PASSWORD, batch: { wait: '20ms' } };
    const sink = await plugin.create({ ...options, ...more } as never, host);
    onTestFinished(async () => sink.close?.());
    return sink;
  }
  const count = async (database: string, measurement: string): Promise<number> => {
    const [row] = await server.query(`SELECT count(rss) FROM ${measurement}`, { database });
    return Number(row?.count ?? 0);
  };

  it('takes figures, and gives them back as what they were', async () => {
    const sink = await make({ labels: { site: 'eu 1' }, processes: true });
    const made = [
      { name: 'nginx', pid: 40, pss: 30 * MiB, swap: MiB, unit: 'nginx.service' },
      { name: 'nginx', pid: 41, pss: 10 * MiB, rss: 20 * MiB, ago: 7.5, unit: 'nginx.service' },
      { name: 'dark', pid: 42, rss: 5 * MiB },
      { name: HOSTILE, pid: 43, pss: MiB },
    ];
    const taken = snapshot(made);
    sink.snapshot?.(taken);
    await sink.close?.();
    const rows = await server.query('SELECT * FROM psstop_memory');
    expect(rows).toHaveLength(3);
    const [nginx] = rows.filter(({ name }) => name === 'nginx');
    expect(nginx).toEqual({
      ...{ time: taken.time * 1e6, host: 'web-1', site: 'eu 1', name: 'nginx', unit: 'nginx.service' },
      ...{ processes: 2, pss: 40 * MiB, swap: MiB, uss: 40 * MiB, rss: 50 * MiB },
      ...{ pss_low: 30 * MiB, pss_high: 50 * MiB, exact: false, age: 7.5, unread: 1, unknown: 0 },
    });
    const [dark] = rows.filter(({ name }) => name === 'dark');
    expect(dark).toMatchObject({ pss: null, pss_low: 0, pss_high: 5 * MiB, exact: false, unknown: 1 });
    const [evil] = rows.filter(({ name }) => String(name).startsWith('evil'));
    expect(decodeURIComponent(String(evil?.name))).toBe(HOSTILE);
    expect(evil).toMatchObject({ pss: MiB, exact: true, host: 'web-1' });

    const each = await server.query('SELECT pid, pss, why FROM psstop_process WHERE "name" = \'nginx\'');
    expect(each.map(({ pid, pss }) => [pid, pss])).toEqual([
      [40, 30 * MiB],
      [41, 10 * MiB],
    ]);
    const [host] = await server.query('SELECT * FROM psstop_host');
    expect(host).toMatchObject({ total: 8192 * MiB, available: 4096 * MiB, processes: 4, site: 'eu 1' });
    const [self] = await server.query('SELECT * FROM psstop_self');
    expect(self).toMatchObject({ read: 2, wall_ms: 12, cpu_ms: 9, longest_ms: 2, dropped: 0, buffered: 0 });
    const types = await server.query('SHOW FIELD KEYS FROM psstop_memory');
    expect(Object.fromEntries(types.map(({ fieldKey, fieldType }) => [fieldKey, fieldType]))).toMatchObject({
      ...{ pss: 'integer', pss_low: 'integer', age: 'float', exact: 'boolean', processes: 'integer' },
    });
    const keys = await server.query('SHOW TAG KEYS FROM psstop_memory');
    expect(keys.map(({ tagKey }) => tagKey)).toEqual(['host', 'name', 'site', 'unit']);
  });

  it('has pid as a tag only where it was asked for', async () => {
    await server.query('CREATE DATABASE tagged', { post: true });
    const sink = await make({ database: 'tagged', processes: true, tags: ['pid', 'user'] });
    sink.snapshot?.(snapshot([{ name: 'a', pid: 7, pss: MiB }]));
    await sink.close?.();
    const keys = await server.query('SHOW TAG KEYS FROM psstop_process', { database: 'tagged' });
    expect(keys.map(({ tagKey }) => tagKey)).toEqual(['host', 'name', 'pid', 'user']);
    expect(await server.query("SELECT pss FROM psstop_process WHERE pid = '7'", { database: 'tagged' })).toHaveLength(
      1,
    );
  });

  it('takes alerts, notices and deliveries, two of one moment too', async () => {
    const sink = await make();
    const target = { ...alertEvent().target, name: HOSTILE };
    sink.event?.(alertEvent({ message: `${HOSTILE} is big` }));
    sink.event?.(alertEvent({ alert: 'a2', target }));
    sink.event?.(notice());
    const delivery = {
      type: 'delivery',
      event: 'e',
      action: 'ops-mail',
      rule: 'r',
      target: 't',
      kind: 'fired',
    } as const;
    sink.delivery?.({ ...delivery, attempts: 2, outcome: 'failed', reason: 'no', time: alertEvent().time, took: 1.5 });
    await sink.close?.();
    const alerts = await server.query('SELECT * FROM psstop_alert');
    expect(alerts.map(({ alert }) => alert)).toEqual(['a1', 'a2']);
    expect(alerts[0]).toMatchObject({
      ...{ rule: 'web-memory', kind: 'fired', severity: 'warning', mode: 'active', name: 'nginx' },
      ...{ value: 600 * MiB, limit: 500 * MiB, unit_of: 'bytes', target: 'nginx', rough: false },
    });
    expect(alerts[0]?.message).toContain('evil\\\\,= "x"\\n');
    expect(await server.query('SELECT message FROM psstop_notice')).toMatchObject([
      { message: expect.stringContaining('watches') },
    ]);
    expect(await server.query('SELECT * FROM psstop_delivery')).toMatchObject([
      { action: 'ops-mail', outcome: 'failed', attempts: 2, took_ms: 1.5 },
    ]);
  });

  it('loses nothing while the database is away, and a psstop that is started anew goes on', {
    timeout: 90_000,
  }, async () => {
    await server.query('CREATE DATABASE away', { post: true });
    const state = join(folder, 'state');
    const host = { ...context(), state };
    const one = await make({ database: 'away', every: '1s' }, host);
    const taken = (second: number) => snapshot([{ name: 'a', pss: MiB + second }], second);
    one.snapshot?.(taken(0));
    await expect.poll(() => count('away', 'psstop_memory'), { timeout: 10_000 }).toBe(1);
    await server.stop();
    for (let second = 1; second <= 5; second += 1) {
      one.snapshot?.(taken(second));
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    await until(() => host.notices.length > 0);
    await one.close?.();
    expect(host.notices).toEqual([
      expect.stringMatching(/^warning: influxdb: .*http.*(ECONNREFUSED|write failed).*is kept/),
    ]);
    const [database = ''] = readdirSync(join(state, 'influxdb'));
    expect(readdirSync(join(state, 'influxdb', database)).length).toBeGreaterThan(0);

    const later = { ...context(), state };
    const two = await make({ database: 'away', every: '1s' }, later);
    two.snapshot?.(taken(6));
    await until(() => later.notices.length > 0);
    await server.start();
    await expect.poll(() => count('away', 'psstop_memory'), { timeout: 30_000 }).toBe(7);
    two.snapshot?.(taken(7));
    await two.close?.();
    const rows = await server.query('SELECT pss FROM psstop_memory', { database: 'away' });
    expect(rows.map(({ pss }) => Number(pss) - MiB)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(later.notices.at(-1)).toBe('info: influxdb: takes data again');
    expect(readdirSync(join(state, 'influxdb', database))).toEqual([]);
  });

  it('tells once what the database refuses, and goes on with the rest', async () => {
    const host = context();
    await server.query('CREATE DATABASE clash', { post: true });
    const headers = { authorization: `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}` };
    // Somebody else has written the field as a text: InfluxDB keeps to the first type.
    const body = 'psstop_host,host=web-1 total="x" 1767323045000000000';
    await fetch(`${server.url}/write?db=clash`, { method: 'POST', headers, body });
    const sink = await make({ database: 'clash', every: '1s' }, host);
    for (let second = 1; second <= 3; second += 1) {
      sink.snapshot?.(snapshot([{ name: 'a', pss: MiB }], second));
      await expect.poll(() => count('clash', 'psstop_memory'), { timeout: 5_000 }).toBe(second);
    }
    await sink.close?.();
    expect(host.notices).toEqual([
      expect.stringMatching(/: 1 points are given up: .*answered 400.*field type conflict/),
    ]);
  });

  it('keeps data for credentials or a database that somebody may still put right', async () => {
    for (const [wrong, status] of [
      [{ password: 'wrong' }, 401],
      [{ database: 'nowhere' }, 404],
    ] as const) {
      const state = join(folder, `barred-${status}`);
      const host = { ...context(), state };
      const sink = await make(wrong, host);
      sink.snapshot?.(snapshot([{ name: 'a', pss: MiB }]));
      await until(() => host.notices.length > 0);
      sink.snapshot?.(snapshot([{ name: 'a', pss: MiB }], 60));
      await sink.close?.();
      expect(host.notices).toEqual([expect.stringContaining(`answered ${status}`)]);
      expect(host.notices[0]).not.toContain('wrong');
      const [database = ''] = readdirSync(join(state, 'influxdb'));
      expect(readdirSync(join(state, 'influxdb', database))).toHaveLength(2);
    }
  });
});
