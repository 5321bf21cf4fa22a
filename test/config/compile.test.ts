import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileRules, compileSinks } from '../../src/config/compile.ts';
import { formatPlan, reloadPlan } from '../../src/config/reload.ts';
import { compileSettings } from '../../src/config/settings.ts';
import type { Environment } from '../../src/config/variables.ts';
import { RulesError } from '../../src/core/errors.ts';
import type { Rule } from '../../src/core/types.ts';
import { checkFiles, folderOf } from './folder.ts';

const actionContext = { host: 'h', version: '1', proc: '/proc', console: false, live: true };

async function compile(files: Readonly<Record<string, string>>, env: Environment = {}): Promise<Rule[]> {
  const { data, problems } = await checkFiles(files, env);
  expect(problems).toEqual([]);
  if (data === undefined) throw new Error('no data');
  return compileRules(data, { actionContext, env });
}

const rules = (...texts: string[]): string => `rules:\n${texts.map((text) => `  - { ${text} }\n`).join('')}`;
const WHEN = 'when: { above: { pss: 500MiB } }';

describe('compiled rules', () => {
  test('have what was written, in bytes and milliseconds', async () => {
    const [rule] = await compile({
      'r.yaml': rules(
        `name: r, summary: s, severity: critical, mode: shadow, labels: { team: web }, by: unit, for: 2m, keep: 5m, repeat: 1h, no-data: fire, ${WHEN}, message: "{{rule}}!", then: [{ log: { on: [fired, reminded], after: 10m, at-most: 3 per 1h } }]`,
      ),
    });
    expect(rule).toMatchObject({
      ...{ name: 'r', summary: 's', severity: 'critical', mode: 'shadow', labels: { team: 'web' }, by: 'unit' },
      ...{ for: 120_000, keep: 300_000, repeat: 3_600_000, noData: 'fire' },
      steps: [{ name: 'log', on: ['fired', 'reminded'], after: 600_000, atMost: { times: 3, per: 3_600_000 } }],
    });
    expect(rule?.message({ rule: 'r' } as never)).toBe('r!');
  });

  test('have defaults for what was not written', async () => {
    const [rule] = await compile({ 'r.yaml': rules(`name: r, ${WHEN}, then: [log]`) });
    expect(rule).toMatchObject({
      ...{ severity: 'warning', mode: 'active', labels: {}, by: 'name', for: 0, keep: 0, repeat: 0, noData: 'keep' },
      steps: [{ name: 'log', countedAs: 'r log', on: ['fired', 'reminded', 'resolved'], after: 0 }],
    });
    expect(rule?.steps[0]?.atMost).toBeUndefined();
    expect(rule?.select.text).toBe('every process');
  });

  test('are grouped as fits the selection and the condition', async () => {
    const compiled = await compile({
      'r.yaml': rules(
        'name: whole, select: nginx, when: { absent: {} }',
        'name: host, when: { below: { available: 1GiB } }',
        `name: tree, select: { parent: postgres }, ${WHEN}`,
        `name: own, select: { parent: postgres }, by: process, ${WHEN}`,
      ),
    });
    expect(compiled.map(({ name, by }) => [name, by])).toEqual([
      ['whole', 'host'],
      ['host', 'host'],
      ['tree', 'tree'],
      ['own', 'process'],
    ]);
  });

  test('leave out what is not enabled', async () => {
    const compiled = await compile({ 'r.yaml': rules(`name: a, enabled: false, ${WHEN}`, `name: b, ${WHEN}`) });
    expect(compiled.map(({ name }) => name)).toEqual(['b']);
  });

  test('have a key of name, selection, grouping and condition, whatever else changes and however it is ordered', async () => {
    const keyOf = async (text: string): Promise<string | undefined> =>
      (await compile({ 'r.yaml': rules(text) }))[0]?.key;
    const key = await keyOf('name: r, select: { name: a, user: b }, when: { above: { pss: 2MiB, clear: 1MiB } }');
    expect(
      await keyOf('when: { above: { clear: 1MiB, pss: 2MiB } }, for: 5m, select: { user: b, name: a }, name: r'),
    ).toBe(key);
    expect(await keyOf('name: r, select: { name: a, user: b }, when: { above: { pss: 3MiB, clear: 1MiB } }')).not.toBe(
      key,
    );
    expect(
      await keyOf('name: r, by: unit, select: { name: a, user: b }, when: { above: { pss: 2MiB, clear: 1MiB } }'),
    ).not.toBe(key);
  });

  test('select by regular expressions in linear time', async () => {
    const [rule] = await compile({ 'r.yaml': rules(`name: r, select: { cmdline: "^(a+)+$" }, ${WHEN}`) });
    const start = process.cpuUsage();
    const hostile = { cmdline: `${'a'.repeat(4000)}!` } as never;
    expect(rule?.select.matches(hostile, () => undefined)).toBe(false);
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(1000);
  });

  test('share one action where they say the same', async () => {
    const compiled = await compile({
      'r.yaml': `${rules(
        `name: a, ${WHEN}, then: [quiet, log, { quiet: { after: 1m } }]`,
        `name: b, ${WHEN}, then: [quiet, { log: {} }, { log: { to: stderr } }]`,
      )}actions: { quiet: { log: { to: stderr, on: [fired] } } }\n`,
    });
    const [a, b] = compiled.map(({ steps }) => steps);
    expect(a?.map(({ name }) => name)).toEqual(['quiet', 'log', 'quiet#2']);
    expect(a?.map(({ countedAs }) => countedAs)).toEqual(['quiet', 'a log', 'quiet']);
    expect(a?.[0]?.action).toBe(b?.[0]?.action);
    expect(a?.[0]?.action).toBe(a?.[2]?.action);
    expect(a?.[2]).toMatchObject({ on: ['fired'], after: 60_000 });
    expect(a?.[1]?.action).toBe(b?.[1]?.action);
    expect(b?.[2]?.action).not.toBe(b?.[1]?.action);
  });

  test('take the options that are not given from the defaults', async () => {
    const folder = folderOf({});
    const compiled = await compile({
      'psstop.yaml': `defaults: { log: { file: ${join(folder, 'default.log')} } }\n`,
      'r.yaml': rules(`name: r, ${WHEN}, then: [log, { log: { file: ${join(folder, 'own.log')} } }]`),
    });
    expect(existsSync(join(folder, 'default.log'))).toBe(true);
    expect(existsSync(join(folder, 'own.log'))).toBe(true);
    for (const { action } of compiled[0]?.steps ?? []) await action.close?.();
  });

  test('fill in variables when they are made', async () => {
    const files = { 'r.yaml': rules(`name: r, summary: "\${WHO} $\${x}", ${WHEN}`) };
    expect((await compile(files, { WHO: 'me' }))[0]?.summary).toBe('me ${'.concat('x}'));
  });
});

describe('what goes wrong in the daemon', () => {
  const webhook = (file: string): string =>
    rules(`name: r, ${WHEN}, then: [{ webhook: { url: "https://example.org/x", secret: { file: ${file} } } }]`);

  test('a secret that is gone is told with its place, and nothing stays open', async () => {
    const folder = folderOf({ secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n' });
    const secret = join(folder, 'secret');
    chmodSync(secret, 0o600);
    const { data } = await checkFiles({ 'r.yaml': webhook(secret) });
    if (data === undefined) throw new Error('no data');
    await compileRules(data, { actionContext, env: {} });
    chmodSync(secret, 0o604);
    const refused = compileRules(data, { actionContext, env: {} });
    await expect(refused).rejects.toThrow(RulesError);
    await expect(refused).rejects.toThrow(`everybody can read the secret in ${secret}: run "chmod o= ${secret}"`);
    await expect(refused).rejects.toThrow('r.yaml: rules[0].then[0].webhook.secret.file: ');
    rmSync(secret);
    const gone = compileRules(data, { actionContext, env: {} });
    await expect(gone).rejects.toThrow(`${secret} can't be read: there is no such file or folder`);
  });

  test('a secret is not shown by what complains of it', async () => {
    const folder = folderOf({ secret: 'whsec_not-base64-hunter2\n' });
    const secret = join(folder, 'secret');
    chmodSync(secret, 0o600);
    const { problems } = await checkFiles({ 'r.yaml': webhook(secret) });
    expect(problems).toHaveLength(1);
    expect(problems[0]).not.toContain('hunter2');
  });

  test('a log that cannot be opened is told', async () => {
    const { data } = await checkFiles({
      'r.yaml': rules(`name: r, ${WHEN}, then: [{ log: { file: /nowhere/at/all } }]`),
    });
    if (data === undefined) throw new Error('no data');
    await expect(compileRules(data, { actionContext })).rejects.toThrow('rules[0].then[0].log.file: ');
  });
});

describe('settings and sinks', () => {
  test('settings have defaults, and are read from text', () => {
    expect(compileSettings({ config: {} }, {})).toEqual({
      interval: 5000,
      heartbeat: 300_000,
      limits: { restarts: { times: 20, per: 3_600_000 }, quiet: [] },
      reading: { always: false, budget: { process: 0.001, host: 0.005 } },
      proc: '/proc',
      cgroup: '/sys/fs/cgroup',
      // 30 days, and 200 MiB.
      history: { age: 30 * 86_400_000, size: 200 * 2 ** 20 },
    });
    const reading = { exact: 'always', 'per-process': '1%' } as const;
    const config = { interval: `\${EVERY}`, heartbeat: '0s', reading, proc: '/host/proc', plugins: 'own' };
    expect(compileSettings({ config, configFile: '/etc/psstop/psstop.yaml' }, { EVERY: '250ms' })).toMatchObject({
      ...{ interval: 250, heartbeat: 0, proc: '/host/proc', plugins: '/etc/psstop/own' },
      reading: { always: true, budget: { process: 0.01, host: 0.005 } },
    });
  });

  test('sinks are made in their order', async () => {
    const folder = folderOf({});
    const { data, problems } = await checkFiles({
      'psstop.yaml': `sinks:\n  - csv: { file: ${join(folder, 'a.csv')} }\n  - csv: { file: ${join(folder, 'b.csv')} }\n`,
    });
    expect(problems).toEqual([]);
    if (data === undefined) throw new Error('no data');
    const sinkContext = { host: 'h', version: '1', live: true, notice: () => undefined };
    const sinks = await compileSinks(data, { sinkContext });
    expect(sinks.map(({ name }) => name)).toEqual(['csv', 'csv']);
    for (const { sink } of sinks) await sink.close?.();
  });
});

describe("a user's own plugins", () => {
  const plugin = (body: string): string =>
    `export default { summary: 's', example: {}, on: ['fired'], schema: { type: 'object', additionalProperties: false, properties: { word: { type: 'string' } } }, create(options) { ${body} } };\n`;

  test('are found in the folder that psstop.yaml names', async () => {
    const folder = folderOf({ 'actions/shout.mjs': plugin('return { timeout: 1, run: async () => options.word }') });
    const files = {
      'psstop.yaml': `plugins: ${folder}\n`,
      'r.yaml': rules(`name: r, ${WHEN}, then: [{ shout: { word: hey } }]`),
    };
    const [rule] = await compile(files);
    expect(await rule?.steps[0]?.action.run({} as never, AbortSignal.timeout(1000))).toBe('hey');
    const { problems } = await checkFiles({ ...files, 'r.yaml': files['r.yaml'].replace('word', 'wrd') });
    expect(problems[0]).toContain('unknown key "wrd": did you mean "word"?');
  });

  test.each([
    ['has the name of another', { 'actions/log.mjs': plugin('') }, 'log is already the name of'],
    ['exports nothing', { 'actions/empty.mjs': 'export const a = 1;\n' }, 'does not export a plugin'],
    [
      'has a schema that is none',
      { 'actions/odd.mjs': plugin('').replace("'object'", "'thing'") },
      'the schema of actions/odd is wrong: type must be',
    ],
    ['does not parse', { 'actions/broken.mjs': 'export default {' }, "broken.mjs can't be loaded: "],
  ])('are refused when one %s', async (_, file, expected) => {
    const folder = folderOf(file);
    const { problems } = await checkFiles({
      'psstop.yaml': `plugins: ${folder}\n`,
      'r.yaml': rules(`name: r, ${WHEN}, then: [log]`),
    });
    expect(problems.join('\n')).toContain(expected);
  });

  test('are refused when others can write to their folder', async () => {
    const folder = folderOf({ 'actions/shout.mjs': plugin('return {}') });
    chmodSync(folder, 0o777);
    const { problems } = await checkFiles({
      'psstop.yaml': `plugins: ${folder}\n`,
      'r.yaml': rules(`name: r, ${WHEN}`),
    });
    expect(problems).toEqual([expect.stringContaining(`others can write to ${folder}`)]);
  });
});

describe('the plan of a reload', () => {
  test('tells what is kept, changed, removed and added', async () => {
    const old = await compile({ 'r.yaml': rules(`name: a, ${WHEN}`, `name: b, ${WHEN}`, `name: c, ${WHEN}`) });
    const next = await compile({
      'r.yaml': rules(`name: d, ${WHEN}`, `name: b, ${WHEN}, for: 5m`, 'name: c, when: { above: { pss: 1MiB } }'),
    });
    const plan = reloadPlan(old, next);
    expect(plan).toEqual({ kept: ['b'], changed: ['c'], removed: ['a'], added: ['d'] });
    expect(formatPlan(plan)).toBe('1 kept, 1 changed (c), 1 removed (a), 1 added (d)');
    expect(formatPlan(reloadPlan([], []))).toBe('no rules');
  });
});

test('a secret may be longer than a line but not a file of any size', async () => {
  const folder = folderOf({ long: 'x'.repeat(70_000) });
  const file = join(folder, 'long');
  chmodSync(file, 0o600);
  const text = rules(
    `name: r, ${WHEN}, then: [{ webhook: { url: "https://example.org/x", secret: { file: ${file} } } }]`,
  );
  expect((await checkFiles({ 'r.yaml': text })).problems[0]).toContain('is longer than 64 KiB');
  writeFileSync(file, '');
  const relative = text.replace(file, 'long');
  expect((await checkFiles({ 'r.yaml': relative })).problems[0]).toContain('"long" is not an absolute path');
});
