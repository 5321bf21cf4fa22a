import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { createCondition } from '../src/config/conditions.ts';
import { findPlugins, PLUGIN_KINDS, type PluginKinds, type Plugins } from '../src/config/plugins.ts';
import { fileSchemas } from '../src/config/schema.ts';
import { secretPlaces } from '../src/config/secrets.ts';
import { createValidator, strictAjv } from '../src/config/validate.ts';
import type { Condition, JsonSchema } from '../src/core/types.ts';
import { follow, type Moment } from './conditions/target.ts';
import { MiB, sample } from './core/world.ts';

const plugins = await findPlugins();
/** The built ones: a script's thread can't run TypeScript on Node 20. */
const built = (await (
  await import(new URL('../build/config/plugins.js', import.meta.url).href)
).findPlugins()) as Plugins;
const validator = await createValidator(plugins);
const { config } = await fileSchemas(plugins);
/** Every secret of an example stands directly under its key. */
const SECRET_TEXT = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const all = PLUGIN_KINDS.flatMap((kind) =>
  plugins.names(kind).map((name): [keyof PluginKinds, string] => [kind, name]),
);

const folder = mkdtempSync(join(tmpdir(), 'psstop-contract-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A plugin's example, to be changed; one that names a script gets one. */
async function exampleOf(kind: keyof PluginKinds, name: string): Promise<Record<string, unknown>> {
  const { example } = await plugins.get(kind, name);
  if (name !== 'script') return structuredClone(example) as Record<string, unknown>;
  const file = join(folder, 'script.mjs');
  writeFileSync(file, 'export default () => true;\n');
  return { ...(example as object), file };
}

/** Options that no editor could explain. A mapping is described by its parts. */
function undescribed(schema: JsonSchema): string[] {
  return Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>).flatMap(([key, option]) => {
    if (option.properties !== undefined) return undescribed(option).map((inner) => `${key}.${inner}`);
    return (option.description ?? option.$ref ?? option.enum) === undefined ? [key] : [];
  });
}

test('every file of the three folders is a plugin', () => {
  const files = PLUGIN_KINDS.flatMap((kind) => {
    const entries = readdirSync(new URL(`../src/${kind}/`, import.meta.url), { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => `${kind}/${name}`);
  });
  expect(all.map(([kind, name]) => `${kind}/${name}.ts`).sort()).toEqual(files.sort());
  expect(all.length).toBeGreaterThan(15);
});

describe.each(all)('%s/%s', (kind, name) => {
  test('exports a plugin and nothing else', async () => {
    const module = (await import(`../src/${kind}/${name}.ts`)) as object;
    expect(Object.keys(module)).toEqual(['default']);
  });

  test('is summed up in one line', async () => {
    const { summary } = await plugins.get(kind, name);
    expect(summary).toMatch(/^\S.{10,160}\S$/);
  });

  test('has a schema that is valid in strict mode', async () => {
    const { schema } = await plugins.get(kind, name);
    expect(() => strictAjv().compile({ ...schema, $defs: config.$defs })).not.toThrow();
  });

  test('describes its options, and takes no others', async () => {
    const { schema, example } = await plugins.get(kind, name);
    expect(undescribed(schema)).toEqual([]);
    if (schema.type !== 'object') return;
    const findings = validator.options(kind, name, { ...(example as object), nonsense: 1 });
    expect(findings.map(({ path }) => path)).toContainEqual(['nonsense']);
  });

  test('has an example that its schema accepts', async () => {
    const { example } = await plugins.get(kind, name);
    expect(validator.options(kind, name, example)).toEqual([]);
  });

  if (kind !== 'conditions') {
    test('opens nothing while rules are only checked', async () => {
      const plugin = await plugins.get(kind, name);
      const context = { host: 'h', version: '1', proc: '/proc', console: false, live: false, notice: () => undefined };
      const before = process.getActiveResourcesInfo();
      const example = await exampleOf(kind, name);
      for (const [key = ''] of secretPlaces(plugin.schema, example)) {
        if (typeof example[key] === 'object') example[key] = SECRET_TEXT;
      }
      if ('user' in example) example.user = userInfo().username;
      const made = await plugin.create(example as never, context);
      expect(opened(before)).toEqual([]);
      await made.close?.();
    });
  }
});

/** What is open and was not before. That something has been closed meanwhile is the test runner's affair: its timers end when they will. */
function opened(before: readonly string[]): string[] {
  const left = [...before];
  return process.getActiveResourcesInfo().filter((kind) => {
    const at = left.indexOf(kind);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** A target at several moments: absent, unread, small, big, while firing, on a host without memory. */
const MOMENTS: readonly Moment[] = [
  { members: [] },
  { members: [sample({ pid: 10, rss: 900 * MiB, unread: 'denied' })] },
  { members: [sample({ pid: 10, pss: MiB }), sample({ pid: 11, pss: 2 * MiB, swap: MiB })] },
  { members: [sample({ pid: 10, pss: 800 * MiB, ceiling: 900 * MiB }), sample({ pid: 11, rss: MiB, unread: 'late' })] },
  { members: [sample({ pid: 10, pss: 480 * MiB })], firing: true },
  { members: Array.from({ length: 12 }, (_, index) => sample({ pid: 100 + index, pss: 100 * MiB })) },
];

function verdictOf(condition: Condition, view: Parameters<Condition['test']>[0]): unknown {
  const verdict = condition.test(view);
  if (verdict === undefined) return undefined;
  const { met, value, limit, unit } = verdict;
  return { met, value, limit, unit, because: verdict.because() };
}

describe.each(plugins.names('conditions'))('the condition %s', (name) => {
  test('answers the same twice, and as another one made from the same text does', async () => {
    const example = await exampleOf('conditions', name);
    const make = (): Promise<Condition> => createCondition({ [name]: structuredClone(example) }, built);
    const [one, other] = [await make(), await make()];
    const [followed, followedToo] = [follow(one), follow(other)];
    let answers = 0;
    for (const [index, moment] of MOMENTS.entries()) {
      const at = { ...moment, seconds: 1000 + 5 * index };
      const [view, same] = [followed.at(at), followedToo.at(at)];
      const first = verdictOf(one, view);
      expect(verdictOf(one, view)).toEqual(first);
      expect(verdictOf(other, same)).toEqual(first);
      if (first !== undefined) answers += 1;
    }
    if (one.wants.length === 0) expect(answers).toBeGreaterThan(0);
  });

  test('gives figures that can be printed and a sentence of one line', async () => {
    const condition = await createCondition({ [name]: await exampleOf('conditions', name) }, built);
    for (const moment of MOMENTS) {
      const verdict = condition.test(follow(condition).at(moment));
      if (verdict === undefined) continue;
      expect(Number.isFinite(verdict.value), `value ${verdict.value}`).toBe(true);
      expect(Number.isFinite(verdict.limit), `limit ${verdict.limit}`).toBe(true);
      expect(verdict.because()).toMatch(/^\S.*\S$/);
    }
  });
});

describe.each(all.filter(([kind]) => kind !== 'conditions'))('%s/%s in a process of its own', (kind, name) => {
  test('obeys its signal or tolerates any order of calls, and leaves nothing open', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'psstop-contract-'));
    onTestFinished(() => rmSync(cwd, { recursive: true }));
    const script = fileURLToPath(new URL('./contract/exercise.mjs', import.meta.url));
    const run = promisify(execFile)(process.execPath, [script, kind, name], {
      cwd,
      timeout: 15_000,
      killSignal: 'SIGKILL',
    });
    const { stdout, stderr } = await run;
    if (kind === 'actions') expect(stdout.trim().split('\n')).toEqual(['refused', 'refused']);
    expect(stderr).toBe('');
  });
});
