import { hostname } from 'node:os';
import { compileRules, compileSinks } from '../../config/compile.ts';
import { loadConfig } from '../../config/load.ts';
import { compileSettings, type Settings } from '../../config/settings.ts';
import { messageOf } from '../../core/errors.ts';
import type { Sink, Snapshot } from '../../core/types.ts';
import { formatDuration, parseDuration, parseInterval } from '../../core/units.ts';
import { createBus } from '../../engine/bus.ts';
import { Dispatcher } from '../../engine/dispatch.ts';
import { run } from '../../engine/run.ts';
import { connectServiceManager } from '../../engine/systemd.ts';
import { procSource } from '../../sources/proc/source.ts';
import { type Given, readOf } from '../options.ts';
import { checkProc, findPlaces, procRoot } from '../places.ts';
import type { World } from '../world.ts';
import { openConsole } from './console.ts';
import { printFirstTable } from './first-table.ts';
import { heapKeeper } from './heap.ts';
import { judgeOnce } from './once.ts';
import { RulesInForce } from './rules-in-force.ts';
import { keepAlive } from './service.ts';

/** Deliveries under way get this long to end when psstop is stopped, ms. */
const GRACE = 5_000;

/** Watches until it is ended. @returns the exit code. */
export async function watch(given: Given, world: World): Promise<number> {
  process.title = 'psstop';
  const manager = await connectServiceManager(world.env);
  if (given.values.once === true) return watchOnce(given, world);
  const request = { ...findPlaces(given, world.env), env: { ...world.env } };
  const root = procRoot(given) ?? '/proc';
  // Something to see at once, while the rules are being loaded. A service has nobody to show it to.
  const plain = manager === undefined && given.values.json !== true;
  const table = plain ? printFirstTable(world, root) : undefined;
  const data = await loadConfig(request).finally(() => table);
  const settings = settingsOf(given, compileSettings(data, request.env));
  const context = { host: hostname(), version: world.version, live: true };
  const actionContext = { ...context, proc: settings.proc, console: true };
  const rules = await compileRules(data, { actionContext, env: request.env });

  const sinks: Sink[] = [];
  const bus = createBus(sinks);
  const source = procSource({ ...rootsOf(settings), interval: settings.interval, notice: bus.notice });
  const dispatcher = new Dispatcher({ bus, dryRun: given.values['dry-run'] === true });
  dispatcher.use(rules);
  const swapped = dispatcher.use.bind(dispatcher);
  const inForce = new RulesInForce({ request, data, rules, actionContext, bus, swapped });
  const stop = (): void => void source.close();
  const consoleOptions = { heartbeat: settings.heartbeat, rules: () => inForce.rules, onQuit: stop };
  sinks.push(await openConsole(given, world, consoleOptions));
  const sinkContext = { ...context, notice: bus.notice };
  for (const { sink } of await compileSinks(data, { sinkContext, env: request.env })) sinks.push(sink);
  const deaf = [
    world.onSignal('SIGTERM', stop),
    world.onSignal('SIGINT', stop),
    world.onSignal('SIGHUP', () => void inForce.reload()),
    world.onSignal('SIGUSR1', () => {
      bus.reopen();
      dispatcher.reopen();
    }),
  ];

  const pace = `every ${formatDuration(settings.interval)}`;
  bus.notice({ kind: 'started', severity: 'info', message: `psstop ${world.version}: ${rules.length} rules, ${pace}` });
  const alive = keepAlive(manager, settings.interval);
  const keepHeap = heapKeeper();
  const finished = (snapshot: Snapshot): void => {
    alive(snapshot);
    keepHeap();
  };
  const dispatch = dispatcher.handle.bind(dispatcher);
  await run({ source, rules: () => inForce.rules, bus, dispatch, finished });

  manager?.notify('STOPPING=1');
  await inForce.close();
  await dispatcher.close(GRACE);
  bus.notice({ kind: 'stopped', severity: 'info', message: 'psstop stopped' });
  await bus.close();
  for (const hear of deaf) hear();
  return 0;
}

/** Whatever goes wrong is the plug-in's UNKNOWN: 2 would be taken for a critical alert. */
async function watchOnce(given: Given, world: World): Promise<number> {
  try {
    const request = { ...findPlaces(given, world.env), env: { ...world.env } };
    const data = await loadConfig(request);
    const settings = settingsOf(given, compileSettings(data, request.env));
    const actionContext = { host: hostname(), version: world.version, proc: settings.proc, console: true, live: false };
    const rules = await compileRules(data, { actionContext, env: request.env });
    const notice = ({ message }: { message: string }): void => void world.stderr.write(`psstop: ${message}\n`);
    const source = procSource({ ...rootsOf(settings), interval: settings.interval, notice });
    const snapshot = await source.snapshot().finally(() => source.close());
    const { code, text } = judgeOnce(rules, snapshot, given.values.json === true);
    world.stdout.write(text);
    return code;
  } catch (error) {
    world.stdout.write(`PSSTOP UNKNOWN: ${messageOf(error)}\n`);
    return 3;
  }
}

function rootsOf({ proc, cgroup }: Settings): { root: string; cgroupRoot: string } {
  return { root: proc, cgroupRoot: cgroup };
}

/** The command line goes before the file. */
function settingsOf(given: Given, settings: Settings): Settings {
  const proc = procRoot(given) ?? settings.proc;
  checkProc(proc);
  return {
    ...settings,
    interval: readOf(given, 'interval', parseInterval) ?? settings.interval,
    heartbeat: readOf(given, 'heartbeat', parseDuration) ?? settings.heartbeat,
    proc,
  };
}
