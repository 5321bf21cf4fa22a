import { hostname } from 'node:os';
import { compileRules } from '../../config/compile.ts';
import { loadConfig } from '../../config/load.ts';
import { messageOf } from '../../core/errors.ts';
import { procSource } from '../../sources/proc/source.ts';
import type { Given } from '../options.ts';
import { findPlaces } from '../places.ts';
import { warn } from '../warn.ts';
import type { World } from '../world.ts';
import { judgeOnce } from './judge-once.ts';
import { settingsOf } from './settings.ts';

/**
 * Judges this host once, as a monitoring plug-in. Whatever goes wrong is the plug-in's UNKNOWN: 2 would be taken for a
 * critical alert. @returns the exit code.
 */
export async function watchOnce(given: Given, world: World): Promise<number> {
  try {
    const request = { ...findPlaces(given, world.env), env: { ...world.env }, unsent: true };
    const data = await loadConfig(request);
    const { proc, cgroup, interval } = settingsOf(given, data, request.env);
    const actionContext = { host: hostname(), version: world.version, proc, console: true, live: false };
    const rules = await compileRules(data, { actionContext, env: request.env });
    const notice = ({ message }: { message: string }): void => warn(world, message);
    const whole = { interval, patience: Number.POSITIVE_INFINITY };
    const source = procSource({ root: proc, cgroupRoot: cgroup, ...whole, notice });
    const snapshot = await source.snapshot().finally(() => source.close());
    const { code, text } = judgeOnce(rules, snapshot, given.values.json === true);
    world.stdout.write(text);
    return code;
  } catch (error) {
    world.stdout.write(`PSSTOP UNKNOWN: ${messageOf(error)}\n`);
    return 3;
  }
}
