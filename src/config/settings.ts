import { dirname, resolve } from 'node:path';
import { parseDuration, parseInterval } from '../core/units.ts';
import type { LoadedData } from './data.ts';
import { type Environment, fillVariables } from './variables.ts';

/** What psstop.yaml settles besides rules, actions and sinks. */
export interface Settings {
  /** From one snapshot to the next, ms. */
  readonly interval: number;
  /** How often to say that all is well, ms; 0 is never. */
  readonly heartbeat: number;
  /** Root of the proc file system. */
  readonly proc: string;
  /** Root of the cgroup file system. */
  readonly cgroup: string;
  /** Folder with the user's own plugins. */
  readonly plugins?: string;
}

/** The settings of loaded data, with the defaults where nothing is said. */
export function compileSettings(
  data: Pick<LoadedData, 'config' | 'configFile'>,
  env: Environment = process.env,
): Settings {
  const { interval, heartbeat, proc, cgroup, plugins } = fillVariables(data.config, env, () => undefined);
  const folder = data.configFile === undefined ? '.' : dirname(data.configFile);
  return {
    interval: parseInterval(interval ?? '5s'),
    heartbeat: parseDuration(heartbeat ?? '5m'),
    proc: proc ?? '/proc',
    cgroup: cgroup ?? '/sys/fs/cgroup',
    ...(plugins !== undefined && { plugins: resolve(folder, plugins) }),
  };
}
