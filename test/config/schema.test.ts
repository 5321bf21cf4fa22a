import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { DEFINITIONS } from '../../src/config/definitions.ts';
import { composeSchemas } from '../../src/config/schema.ts';
import { strictAjv } from '../../src/config/validate.ts';
import { heartbeatOf } from '../../src/core/heartbeat.ts';
import type { AlertEvent, Delivery, JsonSchema, Notice, Snapshot } from '../../src/core/types.ts';
import { parseDuration, parseLevel, parsePercent, parseRate, parseSize } from '../../src/core/units.ts';

const folder = new URL('../../schemas/', import.meta.url);
let schemas: Record<string, JsonSchema>;
beforeAll(async () => {
  schemas = await composeSchemas();
});

describe('the schemas', () => {
  test('are committed as the plugins have them: else run "npm run schemas"', () => {
    expect(readdirSync(folder).sort()).toEqual(Object.keys(schemas).sort());
    for (const [name, schema] of Object.entries(schemas)) {
      expect(JSON.parse(readFileSync(new URL(name, folder), 'utf8')), name).toEqual(JSON.parse(JSON.stringify(schema)));
    }
  });

  test('are valid JSON Schemas of the 2020-12 dialect in strict mode', () => {
    for (const [name, schema] of Object.entries(schemas)) expect(() => strictAjv().compile(schema), name).not.toThrow();
  });

  test('have examples that they accept, in every part', () => {
    for (const file of ['rules.schema.json', 'config.schema.json']) {
      const ajv = strictAjv().addSchema(schemas[file] ?? {}, 'file');
      const definitions = Object.entries(schemas[file]?.$defs as Record<string, JsonSchema>);
      for (const [name, { examples }] of definitions) {
        for (const example of (examples ?? []) as unknown[]) {
          const check = ajv.getSchema(`file#/$defs/${name}`);
          expect(check?.(example), `${name}: ${JSON.stringify(check?.errors)}`).toBe(true);
        }
      }
    }
  });

  test('describe every key that a user can write in a rule', () => {
    const definitions = schemas['rules.schema.json']?.$defs as Record<string, JsonSchema> | undefined;
    const keys = Object.entries((definitions?.rule?.properties ?? {}) as Record<string, JsonSchema>);
    expect(keys.length).toBeGreaterThan(10);
    for (const [key, part] of keys) {
      expect(part.description ?? part.$ref, key).toBeDefined();
    }
  });
});

describe('the notations', () => {
  const readers = {
    size: parseSize,
    duration: parseDuration,
    rate: parseRate,
    percent: parsePercent,
    level: parseLevel,
  };
  const accepts = (read: (text: string) => unknown, text: string): boolean => {
    try {
      read(text);
      return true;
    } catch {
      return false;
    }
  };
  const number = fc.constantFrom('1', '90', '1.5', '0', '.5', '1e3', '-1', '');
  const unit = fc.constantFrom('B', 'kB', 'KB', 'MiB', 'GB', 'Mib', '%', 'ms', 's', 'm', 'min', 'h', 'd', 'w', '');
  const blank = fc.constantFrom('', '', ' ', '  ');
  const amount = fc.tuple(number, blank, unit).map((parts) => parts.join(''));
  const end = fc.constantFrom(
    '',
    '',
    '/h',
    '/10s',
    ' / 1h30m',
    '/',
    '/x',
    ' of ram',
    ' of  limit',
    ' of baseline',
    '%',
  );
  const written = fc.tuple(amount, blank, fc.oneof(amount, fc.constant('')), end).map((parts) => parts.join(''));

  test.each(Object.entries(readers))('have a pattern for a %s that accepts just what is read', (name, read) => {
    const pattern = new RegExp(String(DEFINITIONS[name]?.pattern));
    let accepted = 0;
    fc.assert(
      fc.property(written, (text) => {
        fc.pre(text === text.trim());
        if (accepts(read, text)) accepted += 1;
        expect(pattern.test(text), text).toBe(accepts(read, text));
      }),
      { numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(0);
  });

  test.each(Object.values(DEFINITIONS).flatMap(({ pattern }) => (pattern === undefined ? [] : [String(pattern)])))(
    'are matched in no time, however long the text: %s',
    (pattern) => {
      const start = process.cpuUsage();
      for (const part of ['1', '1m', '1 ', '9.9', '1ms ', 'a']) new RegExp(pattern).test(`${part.repeat(20_000)}!`);
      expect(process.cpuUsage(start).user / 1000).toBeLessThan(1000);
    },
  );
});

describe('what psstop writes', () => {
  const event: Required<AlertEvent> = {
    type: 'alert',
    alert: 'a',
    id: 'a.1',
    kind: 'resolved',
    reason: 'rule removed',
    rule: 'r',
    summary: 's',
    severity: 'critical',
    labels: { team: 'web' },
    mode: 'active',
    host: 'h',
    target: { key: 'k', by: 'tree', name: 'n', count: 1, processes: [{ pid: 1, start: 2, name: 'n', pss: 3, age: 4 }] },
    value: 1,
    rough: true,
    limit: 2,
    ends: 1,
    unit: 'bytes/s',
    because: 'b',
    message: 'm',
    time: 1,
    since: 1,
    uptime: 1,
    curve: { of: 'pss', unit: 'bytes', from: 1, every: 1000, scale: 2 ** 20, values: [1, null, 3] },
    evidence: ['/var/lib/psstop/captures/1.txt'],
    bundle: { alerts: [], count: 1, firing: 1, storm: true },
  };
  const { curve: _curve, evidence: _evidence, bundle: _bundle, ...plain } = event;
  const notice: Notice = { type: 'notice', kind: 'rule-failed', severity: 'info', time: 1, message: 'm' };
  const delivery: Delivery = {
    ...{ type: 'delivery', event: 'e', action: 'a', rule: 'r', target: 't', kind: 'fired' },
    ...{ attempts: 1, outcome: 'done', reason: 'ok', time: 1, took: 1 },
  };
  const snapshot: Snapshot = {
    ...{ time: 1, uptime: 1, boot: 'b', host: 'h', gone: 0, cost: { exact: 1, wall: 1, longest: 1, cpu: 1 } },
    memory: { total: 1, available: 1, anon: 1, mapped: 1, swapTotal: 0, swapFree: 0 },
    processes: [
      {
        process: { pid: 1, start: 1, startedAt: 10, ppid: 0, name: 'n', uid: 0, user: 'root', cgroup: '/' },
        rss: 1,
        unread: 'stuck',
      },
    ],
  };

  const open = { measure: 'pss', unit: 'bytes', atLeast: 0, atMost: 2, limit: 1 } as const;
  const undecided = [{ rule: 'r', severity: 'info', target: 't', since: 1, open: [open] }] as const;
  const deliveries = { waiting: 1, oldest: 5, down: ['mail'], done: 3, failed: 0, suppressed: { 'dry run': 2 } };
  const heartbeat = heartbeatOf(snapshot, { firing: 1, undecided, deliveries });

  test.each([event, plain, notice, delivery, heartbeat])('is accepted by its schema: $type', (record) => {
    const check = strictAjv().compile(schemas['events.schema.json'] ?? {});
    expect(check(record), JSON.stringify(check.errors)).toBe(true);
    expect(check({ ...record, type: 'other' })).toBe(false);
    expect(check({ ...record, time: 'now' })).toBe(false);
  });

  test('is accepted by its schema: a snapshot', () => {
    const check = strictAjv().compile(schemas['snapshot.schema.json'] ?? {});
    expect(check(snapshot), JSON.stringify(check.errors)).toBe(true);
    expect(check({ ...snapshot, memory: {} })).toBe(false);
  });
});
