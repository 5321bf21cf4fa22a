import { compileRules } from '../../config/compile.ts';
import { emptyMemory, type Memory } from '../../core/memory.ts';
import { loadDesk } from '../../core/telling/saved.ts';
import type { Rule, Sink } from '../../core/types.ts';
import { type Bus, createBus } from '../../engine/bus.ts';
import { type CourseBook, openCourses } from '../../engine/courses.ts';
import { Dispatcher } from '../../engine/dispatch.ts';
import { type EvidenceBook, openEvidence } from '../../engine/evidence.ts';
import { Teller } from '../../engine/teller.ts';
import { type OpenWard, openWard } from '../../engine/ward.ts';
import { type ProcSource, procSource } from '../../sources/proc/source.ts';
import { warn } from '../warn.ts';
import { confirmBy } from './confirm.ts';
import { demandsOf, limitsAsked } from './demands.ts';
import { type EarlyNotices, earlyNotices } from './early-notices.ts';
import { type Ears, openEars } from './ears.ts';
import { RulesInForce } from './rules-in-force.ts';
import type { Setup } from './setup.ts';
import { openState, type State, stateFolder } from './state.ts';

/** The parts that run until psstop is ended, and what each of them is for. */
export interface Daemon {
  /** Filled once the parts are there: the sinks ask them how things stand. */
  readonly sinks: Sink[];
  /** Hands what happens to the sinks. */
  readonly bus: Bus;
  readonly early: EarlyNotices;
  /** Takes snapshots. */
  readonly source: ProcSource;
  /** Shows actions what they act upon. */
  readonly ward: OpenWard;
  /** What was done to whom, and what was kept as evidence. */
  readonly courses: CourseBook;
  readonly evidence: EvidenceBook;
  /** The rules, and what they have seen so far. */
  readonly inForce: RulesInForce;
  readonly memory: Memory;
  /** Decides who is told, and when. */
  readonly teller: Teller;
  /** Carries events to actions. */
  readonly dispatcher: Dispatcher;
  /** Who is told of what happens to psstop itself. */
  readonly ears: Ears;
  /** Absent: nothing outlives the program. */
  readonly state: State | undefined;
}

/**
 * Makes the parts and ties them together. Some need each other (actions look at processes through the source, which reads what
 * the rules ask for, which have actions): those that are made first reach the later ones through functions.
 * @throws RulesError as compileRules does; Failure as openState does
 */
export async function openDaemon(setup: Setup): Promise<Daemon> {
  const { data, request, settings } = setup;
  const { env } = request;
  const sinks: Sink[] = [];
  const bus = createBus(sinks);
  const early = earlyNotices(bus, sinks);
  const ward = openWard((pid, start) => source.reread(pid, start));
  const courses = openCourses(bus);
  const evidence = openEvidence(bus);
  const folder = stateFolder(setup.given, settings, env);
  const kept = folder !== undefined && { state: folder };
  const actionContext = { ...setup.context, ...kept, proc: settings.proc, console: true, ward, courses, evidence };
  const rules = await compileRules(data, { actionContext, env });
  const ears = await openEars(data, { actionContext, env }, (event, rule) => dispatcher.handle(event, rule));
  const state = folder === undefined ? undefined : await openState(folder, early.tell);
  state?.remember(courses, evidence);
  const memory = state?.keeper.restore(rules) ?? emptyMemory();
  const source = openSource(setup, { bus, memory, rules: () => inForce.rules });
  const dispatcher = openDispatcher(setup, { bus, source, evidence, state });
  const use = (next: readonly Rule[]): void => dispatcher.use([...next, ...ears.rules]);
  use(rules);
  const teller = openTeller(setup, { bus, dispatcher, state, rules });
  state?.whenKeptAgain([dispatcher, teller]);
  const inForce = new RulesInForce({
    ...{ request, data, rules, actionContext, bus },
    // The snapshot under way is judged by the rules before, and what ends with one of them is told by the actions that it had.
    swapped: (next) => use([...memory.rules, ...next]),
    adopted: (next) => {
      teller.use(next);
      use(next);
    },
  });
  return { sinks, bus, early, source, ward, courses, evidence, inForce, memory, teller, dispatcher, ears, state };
}

function openSource(
  { given, world, settings }: Setup,
  { bus, memory, rules }: { bus: Bus; memory: Memory; rules: () => readonly Rule[] },
): ProcSource {
  const { proc, cgroup, interval, reading } = settings;
  return procSource({
    root: proc,
    cgroupRoot: cgroup,
    interval,
    notice: bus.notice,
    budget: reading.budget,
    asksLimits: () => limitsAsked(rules()),
    ...(!reading.always && { demand: demandsOf({ memory, rules, shown: world.stdout.isTTY === true }) }),
    ...(given.values.debug === true && { trace: (line) => warn(world, line) }),
  });
}

function openDispatcher(
  { given, settings }: Setup,
  { bus, source, evidence, state }: Pick<Daemon, 'bus' | 'source' | 'evidence' | 'state'>,
): Dispatcher {
  return new Dispatcher({
    bus,
    dryRun: given.values['dry-run'] === true,
    confirm: confirmBy(source),
    evidence,
    limits: settings.limits,
    ...(state && { store: state.outbox, runs: state.runs }),
  });
}

function openTeller(
  { settings }: Setup,
  { bus, dispatcher, state, rules }: Pick<Daemon, 'bus' | 'dispatcher' | 'state'> & { rules: readonly Rule[] },
): Teller {
  return new Teller({
    bus,
    hand: (event, rule, age) => dispatcher.handle(event, rule, age),
    hold: (step, event, because) => void dispatcher.refuse(step, event, because),
    quiet: settings.limits.quiet,
    ...(state && { desk: loadDesk(state.desk, rules), keep: state.keepDesk }),
  });
}
