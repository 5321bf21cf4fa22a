import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Sink, SinkContext } from '../../../src/core/types.ts';
import plugin from '../../../src/sinks/influxdb.ts';
import { context, until } from '../context.ts';
import { alertEvent, MiB, notice, snapshot } from '../made-up.ts';
import { type Api, startApi, TOKEN } from './api.ts';

const TALLY = { waiting: 0, oldest: 0, down: [], done: 1, failed: 0, suppressed: {} };

let api: Api;
let folder = '';
beforeEach(async () => {
  api = await startApi({ org: 'the ops', bucket: 'ps&stop' });
  folder = mkdtempSync(join(tmpdir(), 'psstop-influxdb-'));
});
afterEach(async () => {
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

async function make(more: object = {}, host: SinkContext = context()): Promise<Sink> {
  const options = {
    url: api.url,
    org: 'the ops',
    bucket: 'ps&stop',
    token: TOKEN,
    batch: { wait: '10ms' },
    every: '1s',
  };
  const sink = await plugin.create({ ...options, ...more } as never, host);
  onTestFinished(async () => sink.close?.());
  return sink;
}

function kept(): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.gz'));
}

const names = (): unknown[] =>
  api.points.filter(({ measurement }) => measurement === 'psstop_memory').map(({ tags }) => tags.name);
const one = (second = 0) => snapshot([{ name: `n${second}`, pss: MiB }], second);

describe('the API of InfluxDB 2', () => {
  it('is spoken as it is documented', async () => {
    const sink = await make({ labels: { zone: 'a' } });
    sink.snapshot?.(one());
    sink.event?.(alertEvent());
    await sink.close?.();
    expect(api.faults).toEqual([]);
    expect(new Set(api.points.map(({ measurement }) => measurement))).toEqual(
      new Set(['psstop_host', 'psstop_self', 'psstop_memory', 'psstop_alert']),
    );
    expect(api.points.every(({ tags }) => tags.zone === 'a' && tags.host === 'web-1')).toBe(true);
  });

  it('is spoken without an organisation to InfluxDB 3', async () => {
    const three = await startApi({ bucket: 'mydb' });
    onTestFinished(() => three.close());
    const sink = await make({ url: `${three.url}/`, org: undefined, bucket: 'mydb' });
    sink.snapshot?.(one());
    await sink.close?.();
    expect(three.faults).toEqual([]);
    expect(three.points.length).toBe(3);
  });

  it.each([
    [429, '1'],
    [503, '1'],
  ])('waits after %i as long as it is asked to, and then sends again', async (status, seconds) => {
    const host = context();
    const sink = await make({}, host);
    api.moods.push({ status, headers: { 'retry-after': seconds }, text: '{"code":"unavailable"}' });
    sink.snapshot?.(one());
    await until(() => api.points.length === 3, 8_000);
    const [first = 0, second = 0] = api.requests;
    expect(second - first).toBeGreaterThanOrEqual(950);
    expect(api.requests).toHaveLength(2);
    await sink.close?.();
    expect(host.notices).toEqual([expect.stringContaining(`answered ${status}`), 'info: influxdb: takes data again']);
  });

  it('halves what is too long until it fits, and gives up a line that never does', async () => {
    const host = context();
    const many = Array.from({ length: 60 }, (_, index) => ({ name: `n${index}`, pid: index + 1, pss: MiB }));
    api.longest = 1_500;
    const sink = await make({}, host);
    const endless = 'x'.repeat(1_600);
    sink.event?.(alertEvent({ message: endless }));
    sink.snapshot?.(snapshot(many));
    await until(() => names().length === 60, 8_000);
    await sink.close?.();
    expect(new Set(names()).size).toBe(60);
    expect(api.faults).toEqual([]);
    expect(host.notices).toEqual([expect.stringMatching(/: 1 points are given up: .*answered 413/)]);
  });

  it('tells once of what is refused, sends it never again, and goes on', async () => {
    const host = context();
    const sink = await make({}, host);
    for (let second = 0; second < 4; second += 1) {
      if (second < 3)
        api.moods.push({ status: second === 1 ? 422 : 400, text: '{"code":"invalid","message":"no \u001b[31m"}' });
      sink.snapshot?.(one(second));
      await until(() => api.requests.length === second + 1);
    }
    await sink.close?.();
    expect(names()).toEqual(['n3']);
    expect(api.requests).toHaveLength(4);
    expect(host.notices).toEqual([expect.stringMatching(/: 3 points are given up: .*answered 400/)]);
    // As the server wrote it: whoever shows the notice escapes it.
    expect(host.notices[0]).toContain('no \u001b[31m');
  });

  it('does not wait for a server that hangs, and keeps what it has', async () => {
    const host = { ...context(), state: folder };
    api.moods.push('hang');
    const sink = await make({ timeout: '100ms' }, host);
    sink.snapshot?.(one());
    await until(() => host.notices.length === 1);
    expect(host.notices[0]).toContain('no answer from');
    const begin = performance.now();
    await sink.close?.();
    expect(performance.now() - begin).toBeLessThan(1_500);
    expect(kept()).toHaveLength(1);
    const next = await make({}, { ...context(), state: folder });
    await until(() => names().length === 1);
    await next.close?.();
    expect(kept()).toEqual([]);
  });

  it('hands on at the end what has not been sent yet, within a second, whatever the server does', async () => {
    const host = { ...context(), state: folder };
    api.moods.push('hang');
    const sink = await make({ batch: { wait: '1h' } }, host);
    sink.snapshot?.(one());
    const begin = performance.now();
    await sink.close?.();
    expect(performance.now() - begin).toBeLessThan(1_500);
    expect(kept()).toHaveLength(1);
  });

  it('drops the oldest where there is no more room, and counts', async () => {
    const host = { ...context(), state: folder };
    await api.close();
    const sink = await make({ buffer: '2kB' }, host);
    for (let second = 0; second < 12; second += 1) {
      sink.snapshot?.(one(second));
      await new Promise((resolve) => setTimeout(resolve, 80));
    }
    await sink.close?.();
    expect(host.notices).toEqual([
      expect.stringContaining('ECONNREFUSED'),
      expect.stringMatching(/: 3 points are given up: no room to keep more/),
    ]);
    expect(kept().length).toBeGreaterThan(1);
    expect(kept().length).toBeLessThan(12);
  });

  it('says what is lost with it where nothing can be kept', async () => {
    const host = context();
    await api.close();
    const sink = await make({}, host);
    sink.snapshot?.(one());
    await until(() => host.notices.length === 1);
    await sink.close?.();
    expect(host.notices[1]).toMatch(/warning: influxdb: \d+ packed bytes that were never taken are lost/);
  });

  it('keeps to its interval, its batches and its number of series', async () => {
    const host = context();
    const sink = await make({ every: '10s', series: 2, batch: { wait: '10ms', lines: 2 }, processes: true }, host);
    const made = ['a', 'b', 'c', 'd'].map((name, index) => ({ name, pid: index + 1, pss: MiB }));
    for (const second of [0, 5, 10]) sink.snapshot?.(snapshot(made, second));
    await sink.close?.();
    expect(names()).toEqual(['a', 'b', '(other)', 'a', 'b', '(other)']);
    const [other] = api.points.filter(({ tags }) => tags.name === '(other)');
    expect(other?.fields).toMatchObject({ processes: 2n, pss: BigInt(2 * MiB) });
    expect(api.requests.length).toBeGreaterThan(3);
    expect(host.notices).toEqual([expect.stringContaining('counted as (other)'), expect.stringContaining('left out')]);
    expect(api.points.filter(({ measurement }) => measurement === 'psstop_process')).toHaveLength(4);
  });
});

describe('examples/influxdb.md', () => {
  /** Names of the row for a measurement: those that have a cell of their own, by its column. */
  const document = readFileSync(new URL('../../../examples/influxdb.md', import.meta.url), 'utf8');
  const row = (measurement: string): string[][] => {
    const line = document.split('\n').find((text) => text.startsWith(`| \`${measurement}\``)) ?? '';
    return line.split('|').map((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name));
  };

  it('names every tag and every field, and none that is not written', async () => {
    const sink = await make(
      { processes: true, tags: ['user'] },
      { ...context(), undecided: () => [], deliveries: () => TALLY },
    );
    const taken = snapshot([
      { name: 'a', pss: MiB, unit: 'a.service' },
      { name: 'b', rss: MiB },
    ]);
    const pressure = { some10: 1, some60: 2, full10: 0, full60: 0.5 };
    sink.snapshot?.({ ...taken, memory: { ...taken.memory, pressure } });
    sink.event?.(
      alertEvent({ kind: 'resolved', reason: 'cleared', target: { ...alertEvent().target, unit: 'a.service' } }),
    );
    sink.event?.(notice());
    const delivery = { type: 'delivery', event: 'e', action: 'mail', rule: 'r', target: 't', kind: 'fired' } as const;
    sink.delivery?.({ ...delivery, attempts: 1, outcome: 'done', reason: 'ok', time: taken.time, took: 2 });
    await sink.close?.();
    const measurements = [...new Set(api.points.map(({ measurement }) => measurement))];
    expect(measurements.sort()).toEqual([...document.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name).sort());
    for (const measurement of measurements) {
      const written = api.points.filter((point) => point.measurement === measurement);
      const [, , tags = [], fields = []] = row(measurement);
      const names = (part: 'tags' | 'fields'): string[] => [
        ...new Set(written.flatMap((point) => Object.keys(point[part]))),
      ];
      expect(names('fields').sort(), measurement).toEqual([...new Set(fields)].sort());
      expect(names('tags').sort(), measurement).toEqual(
        [...tags.filter((name) => !['container', 'pid', 'tags'].includes(name)), 'host'].sort(),
      );
    }
  });
});

describe('the options', () => {
  const wrong = (options: object) => async () => make(options);
  it('say what is wrong with them', async () => {
    await expect(wrong({ bucket: undefined })).rejects.toThrow('where to? write database');
    await expect(wrong({ database: 'x' })).rejects.toThrow('both a database and a bucket');
    await expect(wrong({ labels: { host: 'x' } })).rejects.toThrow('write my_host');
    await expect(wrong({ every: '0s' })).rejects.toThrow('must be above 0');
    await expect(wrong({ url: 'http://influx.example.com' })).rejects.toThrow('write https://');
    await expect(wrong({ url: 'http://u:p@localhost' })).rejects.toThrow('does not belong into an address');
    await expect(wrong({ token: 'a\nb' })).rejects.toThrow('holds a character that no token has');
  });
});
