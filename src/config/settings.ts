import { dirname, resolve } from 'node:path';
import { type BudgetShares, DEFAULT_SHARES } from '../core/budget.ts';
import type { TimeWindow } from '../core/telling/window.ts';
import { parseDuration, parseInterval, parsePercent, parseSize } from '../core/units.ts';
import type { LoadedData } from './data.ts';
import { parseRate, type Rate } from './rate.ts';
import { windowsOf } from './telling.ts';
import { type Environment, fillVariables } from './variables.ts';

/** How processes are read. */
export interface Reading {
  /** Every process at every snapshot, whatever that costs them. */
  readonly always: boolean;
  readonly budget: BudgetShares;
}

/** How much of the past is kept: for so long, ms, and in so many bytes. */
export interface Retention {
  readonly age: number;
  readonly size: number;
}

/** What psstop.yaml settles besides rules, actions and sinks. */
export interface Settings {
  /** From one snapshot to the next, ms. */
  readonly interval: number;
  /** How often to say that all is well, ms; 0 is never. */
  readonly heartbeat: number;
  readonly reading: Reading;
  /** How often targets may be acted on, over all rules, and when not. */
  readonly limits: { readonly restarts: Rate; readonly quiet: readonly TimeWindow[] };
  /** Root of the proc file system. */
  readonly proc: string;
  /** Root of the cgroup file system. */
  readonly cgroup: string;
  /** Folder where what is remembered outlives the program, or `none`; absent: nothing was said. */
  readonly state?: string;
  /** Absent: none is kept. */
  readonly history?: Retention;
  /** Folder with the user's own plugins. */
  readonly plugins?: string;
}

/** The settings of loaded data, with the defaults where nothing is said. */
export function compileSettings(
  data: Pick<LoadedData, 'config' | 'configFile'>,
  env: Environment = process.env,
): Settings {
  const { interval, heartbeat, reading, limits, proc, cgroup, plugins, state, history } = fillVariables(
    data.config,
    env,
    () => undefined,
  );
  const folder = data.configFile === undefined ? '.' : dirname(data.configFile);
  return {
    interval: parseInterval(interval ?? '5s'),
    heartbeat: parseDuration(heartbeat ?? '5m'),
    reading: {
      always: reading?.exact === 'always',
      budget: {
        process: share(reading?.['per-process'], DEFAULT_SHARES.process),
        host: share(reading?.['per-host'], DEFAULT_SHARES.host),
      },
    },
    limits: {
      restarts: parseRate(limits?.restarts ?? '20 per 1h'),
      quiet: limits?.quiet === undefined ? [] : windowsOf(limits.quiet, ['limits', 'quiet']),
    },
    proc: proc ?? '/proc',
    cgroup: cgroup ?? '/sys/fs/cgroup',
    ...(state !== undefined && { state: state === 'none' ? state : resolve(folder, state) }),
    ...(history !== 'off' && { history: retentionOf(history) }),
    ...(plugins !== undefined && { plugins: resolve(folder, plugins) }),
  };
}

function retentionOf({ keep, size }: { readonly keep?: string; readonly size?: string } = {}): Retention {
  return { age: parseDuration(keep ?? '30d'), size: parseSize(size ?? '200MiB') };
}

function share(written: string | undefined, usual: number): number {
  return written === undefined ? usual : parsePercent(written);
}
