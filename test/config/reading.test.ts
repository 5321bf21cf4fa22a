import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { settingsOf } from '../../src/cli/watch/settings.ts';
import type { LoadedData } from '../../src/config/data.ts';
import { loadConfig } from '../../src/config/load.ts';
import { compileSettings, type Reading } from '../../src/config/settings.ts';
import { RulesError } from '../../src/core/errors.ts';
import { folderOf } from './folder.ts';

const script = fileURLToPath(new URL('../../build/config/loader.js', import.meta.url));

/** Loads a psstop.yaml that says this of reading, as the daemon does. */
async function load(reading: string): Promise<LoadedData> {
  const folder = folderOf({ 'psstop.yaml': `interval: 5s\nreading:${reading}\nrules: []\n` });
  return loadConfig({ script, env: {}, config: join(folder, 'psstop.yaml') });
}

async function settle(reading: string): Promise<Reading> {
  return compileSettings(await load(reading), {}).reading;
}

test.each<[string, Reading]>([
  [' {}', { always: false, budget: { process: 0.001, host: 0.005 } }],
  [' { exact: as-needed }', { always: false, budget: { process: 0.001, host: 0.005 } }],
  [' { exact: always }', { always: true, budget: { process: 0.001, host: 0.005 } }],
  [' { per-process: 0.25%, per-host: 100 % }', { always: false, budget: { process: 0.0025, host: 1 } }],
  ['\n  per-process: 0%\n  per-host: 2.5%', { always: false, budget: { process: 0, host: 0.025 } }],
])('reading:%s', async (written, settled) => {
  expect(await settle(written)).toEqual(settled);
});

test('--exact goes before the file', async () => {
  const data = await load(' { exact: as-needed, per-host: 1% }');
  const given = { values: { exact: true }, words: [], patterns: [] } as never;
  expect(settingsOf(given, data, {}).reading).toEqual({ always: true, budget: { process: 0.001, host: 0.01 } });
});

test.each([
  [' { exact: sometimes }', '2:19', /exact.*"sometimes".*as-needed, always/],
  [' { exact: yes }', '2:19', /exact/],
  [' { per-process: 0.1 }', '2:25', /per-process.*percentage/],
  [' { per-host: -1% }', '2:22', /per-host/],
  [' { per-host: 1e2% }', '2:22', /per-host/],
  ['\n  per-process: 5 percent', '3:16', /per-process/],
  [' { per-target: 1% }', '2:12', /per-target/],
  [' always', '2:10', /reading/],
])('reading:%s is refused at %s', async (written, place, message) => {
  const refused = await load(written).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(RulesError);
  const [line = '', ...more] = (refused as RulesError).message.split('\n');
  expect(more).toEqual([]);
  expect(line).toContain(`psstop.yaml:${place}: `);
  expect(line).toMatch(message);
});
