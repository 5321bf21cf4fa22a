import { uptime } from 'node:os';
import { resolve } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import { messageOf } from '../../core/errors.ts';
import type { OutboxStore } from '../../core/outbox/types.ts';
import type { Moment, RunStore } from '../../core/runs.ts';
import type { DeskChange } from '../../core/telling/kept.ts';
import type { SavedDesk } from '../../core/telling/saved.ts';
import type { Notice, Sink } from '../../core/types.ts';
import type { CourseBook } from '../../engine/courses.ts';
import type { EvidenceBook } from '../../engine/evidence.ts';
import { Keeper } from '../../engine/memory.ts';
import { readIdentity } from '../../sources/proc/host.ts';
import { keepCourses, keepEvidence, keptCourses, keptEvidence } from '../../store/courses.ts';
import { keepDesk, keptDesk } from '../../store/desk.ts';
import type { Store } from '../../store/open.ts';
import { outboxStore } from '../../store/outbox.ts';
import { runStore } from '../../store/runs.ts';
import { stateStore } from '../../store/state.ts';
import { type Given, textOf, textsOf } from '../options.ts';
import { Failure } from '../world.ts';
import { defaultStateFolder } from './folder.ts';

/** What somebody wants who starts a second watchdog beside the one that runs. */
const INSTEAD =
  '"psstop alerts" and "psstop why" ask the one that runs, "psstop watch --dry-run" looks on and does nothing';

/** Takes what is to be said. */
export type Tell = (notice: Omit<Notice, 'type' | 'time'>) => void;

/** What outlives the program, where anything does. */
export interface State {
  readonly store: Store;
  readonly keeper: Keeper;
  readonly outbox: OutboxStore;
  readonly runs: RunStore;
  /** What was on the desk of an earlier run. */
  readonly desk: SavedDesk;
  keepDesk(change: DeskChange): void;
  /** Who writes all that he has once more when the disk takes it again: what was written with what failed is not there. */
  whenKeptAgain(writers: readonly { keepAgain(): void }[]): void;
  /** Gives back what was done to whom, and what was kept of it, and keeps that from now on. */
  remember(courses: CourseBook, evidence: EvidenceBook): void;
}

/**
 * Where state is kept: what the command line says, the configuration, the service manager ($STATE_DIRECTORY). A watchdog
 * that is tried out with rules of its own must not take over the state of the one that is installed, so there is a default
 * only where nothing was named. A dry run tells nobody, and so may not note who was told.
 */
export function stateFolder(given: Given, settings: Settings, env: NodeJS.ProcessEnv): string | undefined {
  if (given.values['dry-run'] === true) return undefined;
  const asked = textOf(given, 'state') ?? settings.state ?? env.STATE_DIRECTORY?.split(':')[0];
  if (asked === 'none') return undefined;
  if (asked) return resolve(asked);
  if (textOf(given, 'config') !== undefined || textsOf(given, 'rules').length > 0) return undefined;
  return defaultStateFolder(env);
}

/** Opens the state folder. @returns undefined, having said why, where nothing can be kept in it. @throws Failure where another psstop has it: all would be told twice. */
export async function openState(folder: string, tell: Tell): Promise<State | undefined> {
  const notice = (message: string, severity: Notice['severity'] = 'warning'): void =>
    tell({ kind: 'state', severity, message });
  // SQLite is only there for those who keep something.
  const { openStore } = await import('../../store/open.ts');
  try {
    const store = await openStore(folder, { notice });
    const report = (failing: boolean, message: string): void => {
      if (failing) notice(`can't keep state in ${folder}, and goes on with what it remembers: ${message}`);
      else {
        for (const writer of writers) writer.keepAgain();
        notice(`${message} in ${folder}`, 'info');
      }
    };
    let writers: readonly { keepAgain(): void }[] = [];
    return {
      store,
      keeper: new Keeper({ store: stateStore(store.database), report }),
      outbox: outboxStore(store.database),
      runs: runStore(store.database, clocks()),
      desk: keptDesk(store.database),
      keepDesk: (change) => keepDesk(store.database, change),
      whenKeptAgain(all) {
        writers = all;
      },
      remember(courses, evidence) {
        const { database } = store;
        courses.restore(keptCourses(database), (all) => keepCourses(database, all));
        evidence.restore(keptEvidence(database), (all) => keepEvidence(database, all));
      },
    };
  } catch (error) {
    const { fault } = error as { fault?: string };
    if (fault === undefined) throw error;
    if (fault === 'busy') throw new Failure(`${messageOf(error)}. ${INSTEAD}`);
    notice(`no state is kept, a restart forgets all alerts: ${folder}: ${messageOf(error)}`);
    return undefined;
  }
}

function clocks(): () => Moment {
  const { boot } = readIdentity('/proc');
  return () => ({ boot, uptime: uptime() * 1000, time: Date.now() });
}

/** What keeps a history. */
export interface Storing {
  readonly sinks: readonly Sink[];
  /** Where it is kept, for those who read it meanwhile; undefined where none is. */
  readonly stored?: { readonly folder: string; flush(): void };
}

/** The history in the state folder. @returns what keeps it, also where that fails for now; nothing where none is to be kept or, having said why, can be. */
export async function openHistory(state: State | undefined, { history }: Settings, tell: Tell): Promise<Storing> {
  if (state === undefined || history === undefined) return { sinks: [] };
  const { folder } = state.store;
  const notice = (message: string, severity: Notice['severity'] = 'warning'): void =>
    tell({ kind: 'state', severity, message });
  const { historySink } = await import('../../store/history/sink.ts');
  const { historyFile } = await import('../../store/history/file.ts');
  const report = (failing: boolean, message: string): void => {
    if (failing) notice(`can't keep history in ${folder}: ${message}`);
    else notice(`${message} in ${folder}`, 'info');
  };
  const sink = historySink(await historyFile(folder, { notice }), { retention: history, report });
  return { sinks: [sink], stored: { folder, flush: sink.flush } };
}
