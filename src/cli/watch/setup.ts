import { hostname } from 'node:os';
import type { LoadedData } from '../../config/data.ts';
import { type LoadOptions, loadConfig } from '../../config/load.ts';
import type { Settings } from '../../config/settings.ts';
import { parseInterval } from '../../core/units.ts';
import { type Given, readOf } from '../options.ts';
import type { Places } from '../places.ts';
import type { World } from '../world.ts';
import { settingsOf } from './settings.ts';

/** All that is settled before the daemon starts: by the command line, the environment and the files. */
export interface Setup {
  readonly given: Given;
  readonly world: World;
  /** What was loaded, and is loaded again at each reload. */
  readonly request: LoadOptions;
  readonly data: LoadedData;
  readonly settings: Settings;
  /** What every plugin may ask for. */
  readonly context: { readonly host: string; readonly version: string; readonly live: true };
}

/** Loads configuration and rules. @throws RulesError, Retry as loadConfig does; UsageError */
export async function readSetup(given: Given, places: Places, world: World): Promise<Setup> {
  const interval = readOf(given, 'interval', parseInterval);
  const request = { ...places, ...(interval !== undefined && { interval }), env: { ...world.env } };
  const data = await loadConfig(request);
  const settings = settingsOf(given, data, request.env);
  return { given, world, request, data, settings, context: { host: hostname(), version: world.version, live: true } };
}
