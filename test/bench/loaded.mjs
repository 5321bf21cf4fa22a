import { compileRules } from '../../build/config/compile.js';
import { loadConfig } from '../../build/config/load.js';

/** Loads rules as the daemon does. */
export async function load(file) {
  const data = await loadConfig({ rules: [file], env: {} });
  const actionContext = { host: 'bench', version: '0', proc: '/proc', console: true, live: true };
  return compileRules(data, { actionContext, env: {} });
}
