import { hostname } from 'node:os';
import { compileRules, compileSinks } from '../../config/compile.ts';
import { loadConfig } from '../../config/load.ts';
import { activeAlertsOf, emptyMemory, type Memory } from '../../core/memory.ts';
import { loadDesk } from '../../core/telling/saved.ts';
import type { Rule, Sink } from '../../core/types.ts';
import { undecidedOf } from '../../core/undecided.ts';
import { formatCount, formatDuration, parseInterval } from '../../core/units.ts';
import { type Bus, createBus } from '../../engine/bus.ts';
import { type CourseBook, openCourses } from '../../engine/courses.ts';
import { Dispatcher } from '../../engine/dispatch.ts';
import { openEvidence } from '../../engine/evidence.ts';
import { run } from '../../engine/run.ts';
import { connectServiceManager } from '../../engine/systemd.ts';
import { Teller } from '../../engine/teller.ts';
import { openWard } from '../../engine/ward.ts';
import { type ProcSource, procSource } from '../../sources/proc/source.ts';
import { type Given, readOf } from '../options.ts';
import type { Places } from '../places.ts';
import type { World } from '../world.ts';
import { confirmBy } from './confirm.ts';
import { openConsole } from './console.ts';
import { filesOf, openControlSocket, pauses } from './control.ts';
import { demandsOf, limitsAsked } from './demands.ts';
import { type Ears, openEars } from './ears.ts';
import { recaller } from './recall.ts';
import { RulesInForce, whenAdopted } from './rules-in-force.ts';
import { afterEach } from './service.ts';
import { settingsOf } from './settings.ts';
import { openHistory, openState, type State, stateFolder, type Tell } from './state.ts';

/** Deliveries under way get this long to end when psstop is stopped, ms. */
const GRACE = 5_000;

/** What runs until psstop is ended. */
interface Daemon {
  readonly bus: Bus;
  readonly source: ProcSource;
  readonly ears: Ears;
  readonly teller: Teller;
  readonly dispatcher: Dispatcher;
  readonly inForce: RulesInForce;
  readonly memory: Memory;
  readonly state: State | undefined;
  readonly courses: CourseBook;
}

/** Watches until it is ended. @returns the exit code. */
export async function watch(given: Given, places: Places, world: World): Promise<number> {
  process.title = 'psstop';
  const manager = await connectServiceManager(world.env);
  const pace = readOf(given, 'interval', parseInterval);
  const request = { ...places, ...(pace !== undefined && { interval: pace }), env: { ...world.env } };
  const data = await loadConfig(request);
  const settings = settingsOf(given, data, request.env);
  const { proc, cgroup, interval, heartbeat, reading, limits } = settings;
  const context = { host: hostname(), version: world.version, live: true };
  const sinks: Sink[] = [];
  const bus = createBus(sinks);
  const ward = openWard((pid, start) => source.reread(pid, start));
  const courses = openCourses(bus);
  const evidence = openEvidence(bus);
  const actionContext = { ...context, proc, console: true, ward, courses, evidence };
  const rules = await compileRules(data, { actionContext, env: request.env });
  const ears = await openEars(data, { actionContext, env: request.env }, (event, rule) =>
    dispatcher.handle(event, rule),
  );

  // What is found before anybody listens is told first thing.
  const early: Parameters<Tell>[0][] = [];
  const tell: Tell = (it) => void (sinks.length > 0 ? bus.notice(it) : early.push(it));
  const folder = stateFolder(given, settings, request.env);
  const state = folder === undefined ? undefined : await openState(folder, tell);
  state?.remember(courses, evidence);
  const memory = state?.keeper.restore(rules) ?? emptyMemory();
  const source = procSource({
    root: proc,
    cgroupRoot: cgroup,
    interval,
    notice: bus.notice,
    budget: reading.budget,
    asksLimits: () => limitsAsked(inForce.rules),
    ...(!reading.always && {
      demand: demandsOf({ memory, rules: () => inForce.rules, shown: world.stdout.isTTY === true }),
    }),
    ...(given.values.debug === true && { trace: (line) => void world.stderr.write(`psstop: ${line}\n`) }),
  });
  const dispatcher = new Dispatcher({
    bus,
    dryRun: given.values['dry-run'] === true,
    confirm: confirmBy(source),
    evidence,
    limits,
    ...(state && { store: state.outbox, runs: state.runs }),
  });
  const use = (next: readonly Rule[]): void => dispatcher.use([...next, ...ears.rules]);
  use(rules);
  const teller = new Teller({
    bus,
    hand: (event, rule, age) => dispatcher.handle(event, rule, age),
    hold: (step, event, because) => void dispatcher.refuse(step, event, because),
    quiet: limits.quiet,
    ...(state && { desk: loadDesk(state.desk, rules), keep: state.keepDesk }),
  });
  state?.whenKeptAgain([dispatcher, teller]);
  const inForce = new RulesInForce({
    request,
    data,
    rules,
    actionContext,
    bus,
    // The snapshot under way is judged by the rules before, and what ends with one of them is told by the actions that it had.
    swapped: (next) => use([...memory.rules, ...next]),
  });
  const daemon = { bus, source, ears, teller, dispatcher, inForce, memory, state, courses };
  const onQuit = (): void => void source.close();
  const standing = { undecided: () => undecidedOf(memory), deliveries: () => dispatcher.standing() };
  const console = await openConsole(given, world, { heartbeat, rules: () => inForce.rules, ...standing, onQuit });
  const storing = await openHistory(state, settings, tell);
  sinks.push(console, ears.sink, ...storing.sinks);
  const kept = state && { state: state.store.folder };
  const sinkContext = { ...context, ...kept, ...standing, alerts: () => activeAlertsOf(memory), notice: bus.notice };
  for (const { sink } of await compileSinks(data, { sinkContext, env: request.env })) sinks.push(sink);

  const deaf = listen(world, daemon);
  const message = `psstop ${world.version}: ${formatCount(rules.length, 'rule')}, every ${formatDuration(interval)}`;
  bus.notice({ kind: 'started', severity: 'info', message });
  for (const notice of early) bus.notice(notice);
  inForce.warn();
  dispatcher.resume([...rules, ...ears.rules]);
  const pause = pauses(memory);
  const reload = async (): Promise<{ rules: number; rejected?: string }> => {
    courses.takeUpAll('psstop was told to reload');
    await inForce.reload();
    const { rules: now, rejected } = inForce;
    return { rules: now.length, ...(rejected !== undefined && { rejected }) };
  };
  const files = filesOf({ teller, courses, evidence, dispatcher });
  const controlled = { memory, teller, reload, settled: pause.wait, files };
  const control = await openControlSocket(given, world, { bus, controlled });
  const adopted = (next: readonly Rule[]): void => {
    teller.use(next);
    use(next);
  };
  const finished = [ward.saw, pause.come, afterEach(manager, interval), whenAdopted(memory, inForce, adopted)];
  await run({
    source,
    rules: () => inForce.rules,
    memory,
    bus,
    prepare: recaller({ memory, rules: () => inForce.rules, stored: storing.stored, tell: bus.notice }),
    ...(state && { keep: (judged, work) => state.keeper.keep(judged, work) }),
    fill: evidence.fill,
    dispatch(event, rule) {
      dispatcher.foresee(event, rule);
      teller.hear(event, rule);
    },
    settle: (snapshot) => teller.finish(snapshot),
    finished: (snapshot) => {
      for (const act of finished) act(snapshot);
    },
  });
  manager?.notify('STOPPING=1');
  await control?.close();
  await end(daemon);
  for (const hear of deaf) hear();
  return 0;
}

/** @returns what makes it deaf again. */
function listen(world: World, { bus, source, dispatcher, inForce, courses }: Daemon): (() => void)[] {
  const stop = (): void => void source.close();
  return [
    world.onSignal('SIGTERM', stop),
    world.onSignal('SIGINT', stop),
    world.onSignal('SIGHUP', () => {
      courses.takeUpAll('psstop was told to reload');
      void inForce.reload();
    }),
    world.onSignal('SIGUSR1', () => {
      bus.reopen();
      dispatcher.reopen();
    }),
  ];
}

async function end({ bus, ears, teller, dispatcher, inForce, memory, state }: Daemon): Promise<void> {
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
