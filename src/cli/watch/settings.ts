import type { LoadedData } from '../../config/data.ts';
import { compileSettings, type Settings } from '../../config/settings.ts';
import { parseDuration, parseInterval } from '../../core/units.ts';
import { type Given, readOf } from '../options.ts';
import { checkHasProcesses, checkProc, procRoot } from '../places.ts';

/** What psstop.yaml settles; the command line goes before the file. @throws UsageError */
export function settingsOf(given: Given, data: LoadedData, env: NodeJS.ProcessEnv): Settings {
  const settings = compileSettings(data, env);
  const proc = procRoot(given) ?? settings.proc;
  checkProc(proc);
  checkHasProcesses(proc);
  return {
    ...settings,
    interval: readOf(given, 'interval', parseInterval) ?? settings.interval,
    heartbeat: readOf(given, 'heartbeat', parseDuration) ?? settings.heartbeat,
    reading: given.values.exact === true ? { ...settings.reading, always: true } : settings.reading,
    proc,
  };
}
