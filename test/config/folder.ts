import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { check } from '../../src/config/check.ts';
import type { LoadedData } from '../../src/config/data.ts';
import type { Environment } from '../../src/config/variables.ts';
import { formatProblem } from '../../src/core/errors.ts';

/** A folder with files, for one test. @returns its path. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'psstop-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Checks files as the loader does: `psstop.yaml` is the configuration, where there is one, all else are rules. */
export async function checkFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  env: Environment = {},
): Promise<{ folder: string; data?: LoadedData; problems: string[] }> {
  const folder = folderOf(files);
  const config = files['psstop.yaml'] === undefined ? {} : { config: join(folder, 'psstop.yaml') };
  const rules = Object.keys(files).filter((name) => name !== 'psstop.yaml');
  const answer = await check({ ...config, rules: rules.map((name) => join(folder, name)), env });
  if ('data' in answer) return { folder, data: answer.data, problems: [] };
  return { folder, problems: answer.problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, '')) };
}

/** The same for one rules file. */
export async function problemsIn(rules: string | Uint8Array, env: Environment = {}): Promise<string[]> {
  return (await checkFiles({ 'r.yaml': rules }, env)).problems;
}
