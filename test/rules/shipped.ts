import { compileRules } from '../../src/config/compile.ts';
import type { LoadedData } from '../../src/config/data.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Rule } from '../../src/core/types.ts';

/** Folder of the rules that ship. */
export const RULES = new URL('../../rules', import.meta.url).pathname;

/** The built loader: a child process can't run the source. */
export const LOADER = new URL('../../build/config/loader.js', import.meta.url).pathname;

/** A machine that is busy with other tests is slow, ms. */
export const DEADLINE = 30_000;

let loaded: Promise<LoadedData> | undefined;

/** The shipped rules as the daemon would have them, by name; all of them when none is named. */
export async function shippedRules(...names: string[]): Promise<Rule[]> {
  loaded ??= loadConfig({ rules: [RULES], env: {}, script: LOADER, deadline: DEADLINE });
  const actionContext = { host: 'host', version: '0', proc: '/proc', console: true, live: false };
  const rules = await compileRules(await loaded, { actionContext, env: {} });
  return names.length === 0 ? rules : rules.filter(({ name }) => names.includes(name));
}
