import { setTimeout as pause } from 'node:timers/promises';
import type { AlertEvent, EventProcess } from '../../core/types.ts';
import { formatDuration } from '../../core/units.ts';
import type { Arguments } from '../process/arguments.ts';
import { eventEnvironment, plainEnvironment } from '../process/environment.ts';
import { judgeExit } from '../process/exit.ts';
import { isRunning } from '../process/identity.ts';
import { findProgram } from '../process/program.ts';
import type { Runner } from '../process/run.ts';
import type { Way } from '../treatment/plan.ts';

const GRACE = 2_000;
const LOOK_EVERY = 100;
const REST_WAIT = 5_000;

/** What is needed to restart something by a command. */
export interface CommandRestart {
  readonly compiled: Arguments;
  readonly runner: Runner;
  /** How long it may take until the processes have been replaced, ms. */
  readonly wait: number;
  readonly proc: string;
}

interface Work extends CommandRestart {
  readonly event: AlertEvent;
  readonly members: readonly EventProcess[];
  readonly signal: AbortSignal;
}

/** Restarts what the user's own command restarts. */
export function restartByCommand(means: CommandRestart): Way {
  return { act: (event, members, signal) => byCommand({ ...means, event, members, signal }) };
}

async function byCommand(work: Work): Promise<string> {
  const { compiled, runner, wait, event, signal } = work;
  const env = { ...plainEnvironment(), ...eventEnvironment(event) };
  const file = findProgram(compiled.program, env.PATH);
  const begin = performance.now();
  const ended = await runner(
    { file, args: compiled.fill(event), env, cwd: '/', outputLimit: 4096, timeout: wait, grace: GRACE },
    signal,
  );
  const said = judgeExit(compiled.program, ended);
  return replaced(said, { ...work, begin });
}

/** Old processes that are to go. */
export interface Going extends Pick<Work, 'members' | 'proc' | 'wait' | 'signal'> {
  /** Since when `wait` counts, on performance.now(). */
  readonly begin: number;
}

/** Sees that the old processes go. @returns what was said and how many went. @throws Error when none did. */
export async function replaced(said: string, work: Going): Promise<string> {
  const { members, wait } = work;
  const left = await stillThere(work);
  if (members.length === 0 || left.length < members.length)
    return `${said}; ${members.length - left.length} of ${members.length} processes were replaced`;
  const who = members.map(({ name, pid }) => `${name} (${pid})`).join(', ');
  throw new Error(`${said}; but after ${formatDuration(wait)} there is still the same ${who}`);
}

/** Waits for the old processes to go; for the rest of them not long. */
async function stillThere({ members, proc, wait, signal, begin }: Going): Promise<EventProcess[]> {
  const waiting = (left: number): boolean =>
    left > 0 && performance.now() - begin < (left < members.length ? Math.min(wait, REST_WAIT) : wait);
  let left = members.filter((process) => isRunning(proc, process));
  while (waiting(left.length)) {
    await pause(LOOK_EVERY, undefined, { signal });
    left = left.filter((process) => isRunning(proc, process));
  }
  return left;
}
