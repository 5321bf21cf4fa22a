import type { Rule, Snapshot } from '../../core/types.ts';
import { formatCount, formatDuration } from '../../core/units.ts';
import { run } from '../../engine/run.ts';
import { connectServiceManager, type ServiceManager } from '../../engine/systemd.ts';
import type { Control } from '../control/server.ts';
import type { Given } from '../options.ts';
import type { Places } from '../places.ts';
import type { World } from '../world.ts';
import { filesOf, openControlSocket, type Pauses, pauses } from './control.ts';
import { type Daemon, openDaemon } from './daemon.ts';
import { recaller } from './recall.ts';
import { afterEach } from './service.ts';
import { readSetup, type Setup } from './setup.ts';
import { openSinks } from './sinks.ts';
import type { Storing } from './state.ts';

/** Deliveries under way get this long to end when psstop is stopped, ms. */
const GRACE = 5_000;

/** Watches until it is ended. @returns the exit code. */
export async function watch(given: Given, places: Places, world: World): Promise<number> {
  process.title = 'psstop';
  const manager = await connectServiceManager(world.env);
  const setup = await readSetup(given, places, world);
  const daemon = await openDaemon(setup);
  const stored = await openSinks(setup, daemon);
  const deaf = listen(world, daemon);
  begin(setup, daemon);
  const pause = pauses(daemon.memory);
  const control = await openControlOf(setup, daemon, pause);
  await follow(daemon, { stored, finished: [pause.come, afterEach(manager, setup.settings.interval)] });
  await end(daemon, { manager, control });
  for (const hear of deaf) hear();
  return 0;
}

/** @returns what makes it deaf again. */
function listen(world: World, daemon: Daemon): (() => void)[] {
  const { bus, source, dispatcher } = daemon;
  const stop = (): void => void source.close();
  return [
    world.onSignal('SIGTERM', stop),
    world.onSignal('SIGINT', stop),
    world.onSignal('SIGHUP', () => void reload(daemon)),
    world.onSignal('SIGUSR1', () => {
      bus.reopen();
      dispatcher.reopen();
    }),
  ];
}

/** Says that it watches, and what was found so far, and sends what an earlier run had not sent. */
function begin({ world, settings }: Setup, { bus, early, inForce, dispatcher, ears }: Daemon): void {
  const { rules } = inForce;
  const pace = `every ${formatDuration(settings.interval)}`;
  const message = `psstop ${world.version}: ${formatCount(rules.length, 'rule')}, ${pace}`;
  bus.notice({ kind: 'started', severity: 'info', message });
  early.release();
  inForce.warn();
  dispatcher.resume([...rules, ...ears.rules]);
}

function openControlOf({ given, world }: Setup, daemon: Daemon, pause: Pauses): Promise<Control | undefined> {
  const { bus, memory, teller } = daemon;
  const controlled = { memory, teller, reload: () => reload(daemon), settled: pause.wait, files: filesOf(daemon) };
  return openControlSocket(given, world, { bus, controlled });
}

/** Somebody asked for it: he has looked at what was left to a person, too. @returns how many rules are in force, and what is wrong with those that were rejected. */
async function reload({ courses, inForce }: Daemon): Promise<{ rules: number; rejected?: string }> {
  courses.takeUpAll('psstop was told to reload');
  await inForce.reload();
  const { rules, rejected } = inForce;
  return { rules: rules.length, ...(rejected !== undefined && { rejected }) };
}

interface Following {
  readonly stored: Storing['stored'];
  /** Called when a snapshot has been dealt with. */
  readonly finished: readonly ((snapshot: Snapshot) => void)[];
}

/** The loop itself. Ends with the source. */
function follow(daemon: Daemon, { stored, finished }: Following): Promise<void> {
  const { source, bus, memory, inForce, evidence, dispatcher, teller, state, ward } = daemon;
  const rules = (): readonly Rule[] => inForce.rules;
  return run({
    ...{ source, bus, memory, rules },
    prepare: recaller({ memory, rules, stored, tell: bus.notice }),
    ...(state && { keep: (judged, work) => state.keeper.keep(judged, work) }),
    fill: evidence.fill,
    done: (event) => dispatcher.done(event),
    dispatch(event, rule) {
      dispatcher.foresee(event, rule);
      teller.hear(event, rule);
    },
    settle: (snapshot) => teller.finish(snapshot),
    finished(snapshot) {
      ward.saw(snapshot);
      for (const act of finished) act(snapshot);
      inForce.judgedBy(memory.rules);
    },
  });
}

/** Ends the parts in the order in which they need each other: who tells first, who keeps last. */
async function end(
  { bus, ears, teller, dispatcher, inForce, memory, state }: Daemon,
  { manager, control }: { manager: ServiceManager | undefined; control: Control | undefined },
): Promise<void> {
  manager?.notify('STOPPING=1');
  await control?.close();
  teller.close();
  await inForce.close();
  await ears.sink.close?.();
  state?.keeper.end(memory);
  await dispatcher.close(GRACE);
  bus.notice({ kind: 'stopped', severity: 'info', message: 'psstop stopped' });
  await bus.close();
  // Who comes next must not find any of it open.
  state?.store.close();
}
