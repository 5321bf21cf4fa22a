import { setTimeout as pause } from 'node:timers/promises';
import { OptionError } from '../core/errors.ts';
import { escapeControls } from '../core/escape.ts';
import type { Action, ActionContext, ActionPlugin, AlertEvent, EventProcess } from '../core/types.ts';
import { formatDuration } from '../core/units.ts';
import { readDuration } from './options/read.ts';
import { type Arguments, compileArguments } from './process/arguments.ts';
import { eventEnvironment, plainEnvironment } from './process/environment.ts';
import { judgeExit } from './process/exit.ts';
import { isRunning } from './process/identity.ts';
import { findProgram } from './process/program.ts';
import { loadRunner, type Runner } from './process/run.ts';
import { alreadyGone, restartUnit } from './systemd/restart-unit.ts';
import { makeSystemctl } from './systemd/systemctl.ts';
import { SERVICE_NAME } from './systemd/unit.ts';

interface Options {
  readonly unit?: string;
  readonly command?: readonly string[];
  readonly wait?: string;
}

const GRACE = 2_000;
const LOOK_EVERY = 100;
const REST_WAIT = 5_000;

const insteadByHost = 'name the unit, restart: { unit: NAME.service }, or run a program by command';

const plugin: ActionPlugin = {
  summary: "restarts the target's systemd unit, or runs the command that does, and sees that it happened",
  example: { unit: 'auto', wait: '2m' },
  // Still there when the rule reminds: once more, as often as `at-most` allows.
  on: ['fired', 'reminded'],
  acts: true,
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      unit: {
        type: 'string',
        pattern: `^auto$|${SERVICE_NAME}`,
        description: "A service, or auto (if not said): the one that the target's own control group belongs to.",
      },
      command: {
        type: 'array',
        minItems: 1,
        items: { type: 'string' },
        description: 'Run this instead of systemctl: the program and its arguments, no shell; {{…}} is filled in.',
      },
      wait: {
        $ref: '#/$defs/duration',
        default: '2m',
        description: 'How long it may take until it has been restarted.',
      },
    },
  },
  async create(options: Options, context: ActionContext) {
    const { unit, command } = options;
    if (unit !== undefined && command !== undefined) {
      throw new OptionError(['command'], 'a unit is restarted by systemd: remove unit or command');
    }
    const wait = readDuration(['wait'], options.wait ?? '2m');
    const compiled = command && compileArguments(['command'], command);
    const runner: Runner = context.live ? await loadRunner() : notLive;
    const { proc } = context;
    if (compiled !== undefined) {
      const action = restart(wait, proc, (event, members, signal) =>
        byCommand({ compiled, runner, wait, proc, event, members, signal }),
      );
      return { ...action, insteadByHost };
    }
    const means = { systemctl: makeSystemctl(runner), wanted: unit ?? 'auto', wait, proc };
    const action = restart(wait, proc, (event, members, signal) => restartUnit(event, members, { means, signal }));
    return means.wanted === 'auto' ? { ...action, insteadByHost } : { ...action, place: means.wanted };
  },
};

export default plugin;

type Way = (event: AlertEvent, members: readonly EventProcess[], signal: AbortSignal) => Promise<string>;

/** What is the same in both ways: nothing is restarted for processes that are no longer there. */
function restart(wait: number, proc: string, way: Way): Action {
  return {
    // The rest is for asking before and looking after.
    timeout: wait + 30_000,
    exclusive: true,
    async run(event, signal) {
      signal.throwIfAborted();
      const named = event.target.processes;
      const members = named.filter((process) => isRunning(proc, process));
      if (named.length > 0 && members.length === 0) throw alreadyGone(named);
      return way(event, members, signal);
    },
  };
}

interface ByCommand {
  readonly compiled: Arguments;
  readonly runner: Runner;
  readonly wait: number;
  readonly proc: string;
  readonly event: AlertEvent;
  readonly members: readonly EventProcess[];
  readonly signal: AbortSignal;
}

async function byCommand(work: ByCommand): Promise<string> {
  const { compiled, runner, wait, event, members, signal } = work;
  const env = { ...plainEnvironment(), ...eventEnvironment(event) };
  const file = findProgram(compiled.program, env.PATH);
  const begin = performance.now();
  const ended = await runner(
    { file, args: compiled.fill(event), env, cwd: '/', outputLimit: 4096, timeout: wait, grace: GRACE },
    signal,
  );
  const said = judgeExit(compiled.program, ended);
  const left = await stillThere({ ...work, wait: wait - (performance.now() - begin) });
  if (members.length === 0 || left.length < members.length)
    return `${said}; ${members.length - left.length} of ${members.length} processes were replaced`;
  const who = members.map(({ name, pid }) => `${escapeControls(name)} (${pid})`).join(', ');
  throw new Error(`${said}; but after ${formatDuration(wait)} there is still the same ${who}`);
}

/** Waits for the old processes to go; for the rest of them not long. */
async function stillThere({ members, proc, wait, signal }: ByCommand): Promise<EventProcess[]> {
  const begin = performance.now();
  const waiting = (left: number): boolean =>
    left > 0 && performance.now() - begin < (left < members.length ? Math.min(wait, REST_WAIT) : wait);
  let left = members.filter((process) => isRunning(proc, process));
  while (waiting(left.length)) {
    await pause(LOOK_EVERY, undefined, { signal });
    left = left.filter((process) => isRunning(proc, process));
  }
  return left;
}

function notLive(): Promise<never> {
  return Promise.reject(new Error('rules are only being checked: nothing is restarted'));
}
