import { compileRules } from '../config/compile.ts';
import type { LoadedData } from '../config/data.ts';
import { loadConfig } from '../config/load.ts';
import { compileSettings, type Settings } from '../config/settings.ts';
import type { Rule } from '../core/types.ts';
import type { Given } from './options.ts';
import { findPlaces, procRoot } from './places.ts';
import type { World } from './world.ts';

/** What a command reads that judges by rules, or says what they are, and sends nothing. */
export interface Unsent {
  readonly data: LoadedData;
  readonly rules: readonly Rule[];
  readonly settings: Settings;
}

/** Loads rules for a command that sends nothing: it needs neither the secrets nor the variables that sending takes. @throws RulesError */
export async function loadUnsent(given: Given, { env, version }: Pick<World, 'env' | 'version'>): Promise<Unsent> {
  const data = await loadConfig({ ...findPlaces(given, env), env, unsent: true });
  const settings = compileSettings(data, env);
  const proc = procRoot(given) ?? settings.proc;
  // No message leaves this host, whatever it is called.
  const actionContext = { host: 'localhost', version, proc, console: true, live: false };
  const rules = await compileRules(data, { actionContext, env });
  return { data, rules, settings: { ...settings, proc } };
}
