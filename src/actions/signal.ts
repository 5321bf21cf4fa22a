import { setTimeout as pause } from 'node:timers/promises';
import { Skip } from '../core/errors.ts';
import type { Action, ActionContext, ActionPlugin, AlertEvent, EventProcess } from '../core/types.ts';
import { formatDuration } from '../core/units.ts';
import { readDuration } from './options/read.ts';
import { isRunning } from './process/identity.ts';
import { loadPidfds } from './process/pidfd.ts';
import { whyProtected } from './process/protected.ts';
import { makeSender, type Sender } from './process/send.ts';

interface Options {
  readonly signal?: string;
  readonly grace?: string;
  readonly then?: string;
}

const NAMES = ['TERM', 'INT', 'HUP', 'QUIT', 'USR1', 'USR2', 'ABRT', 'STOP', 'CONT', 'KILL'];
/** Signals that ask a process to end, so that it makes sense to wait for that. */
const ENDING = new Set(['TERM', 'INT', 'QUIT', 'ABRT', 'KILL']);
const LOOK_EVERY = 50;
/** How long the kernel is given to end what was killed, ms. */
const KILL_WAIT = 2_000;

const plugin: ActionPlugin = {
  summary: "sends a signal to the target's processes, and another to those that are still there after a grace",
  // biome-ignore lint/suspicious/noThenProperty: a word, not a function: it makes no promise of the options.
  example: { signal: 'TERM', grace: '10s', then: 'KILL' },
  // Still there when the rule reminds: once more, as often as `at-most` allows.
  on: ['fired', 'reminded'],
  acts: true,
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      signal: { enum: NAMES, default: 'TERM', description: 'The signal to send.' },
      grace: { $ref: '#/$defs/duration', default: '10s', description: 'How long the processes have to end.' },
      // biome-ignore lint/suspicious/noThenProperty: as above.
      then: {
        enum: [...NAMES, 'none'],
        description: 'What those get that have not ended. Without it: KILL after TERM, INT, QUIT or ABRT, else none.',
      },
    },
  },
  async create(options: Options, context: ActionContext) {
    const steps = readSteps(options);
    const send = makeSender(context.proc, context.live ? await loadPidfds() : undefined);
    return signalAction({ steps, send, proc: context.proc });
  },
};

export default plugin;

/** A signal, and how long the process has to end after it, ms: 0 where it does not ask for that. */
interface SignalStep {
  readonly name: string;
  readonly wait: number;
}

interface Plan {
  readonly steps: readonly SignalStep[];
  readonly send: Sender;
  readonly proc: string;
}

function readSteps({ signal = 'TERM', grace = '10s', ...options }: Options): SignalStep[] {
  const wait = readDuration(['grace'], grace);
  const ending = ENDING.has(signal);
  const last = options.then ?? (ending && signal !== 'KILL' ? 'KILL' : 'none');
  if (last !== 'none')
    return [
      { name: signal, wait },
      { name: last, wait: ENDING.has(last) ? KILL_WAIT : 0 },
    ];
  return [{ name: signal, wait: !ending ? 0 : signal === 'KILL' ? KILL_WAIT : wait }];
}

function signalAction(plan: Plan): Action {
  return {
    timeout: plan.steps.reduce((sum, { wait }) => sum + wait, 5_000),
    exclusive: true,
    insteadByHost: 'group by process or by name, or restart a unit by its name',
    async run(event, signal) {
      signal.throwIfAborted();
      const { processes } = event.target;
      // The biggest processes of the whole host, whatever they are, is nobody's wish.
      if (event.target.by === 'host') throw new Error('the rule looks at the whole host: group by process or by name');
      if (processes.length === 0) throw new Error('the event names no process to signal');
      return conclude(event, await Promise.all(processes.map((process) => signalOne(process, plan, signal))));
    },
  };
}

/** What became of one process. */
interface Fate {
  readonly state: 'done' | 'gone' | 'failed';
  readonly text: string;
}

async function signalOne(process: EventProcess, plan: Plan, signal: AbortSignal): Promise<Fate> {
  const told: string[] = [];
  const reason = whyProtected(plan.proc, process);
  const { state, text } =
    reason === undefined
      ? await follow(process, plan, { told, signal })
      : ({ state: 'failed', text: `refused, it is ${reason}` } as const);
  return { state, text: `${process.name} (${process.pid}): ${[...told, text].join(', ')}` };
}

/** Sends one signal after the other until the process has ended; notes in `told` what was sent. */
async function follow(
  process: EventProcess,
  { steps, send, proc }: Plan,
  { told, signal }: { told: string[]; signal: AbortSignal },
): Promise<Fate> {
  for (const { name, wait } of steps) {
    const sent = send(process, `SIG${name}` as NodeJS.Signals);
    if (sent !== 'sent') return notSent(sent, name, told);
    told.push(name);
    if (await endsWithin(wait, { process, proc, signal })) return ENDED;
    if (signal.aborted) return { state: 'failed', text: 'called off before it ended' };
  }
  const asked = steps.at(-1)?.wait ?? 0;
  if (asked === 0) return { state: 'done', text: 'sent' };
  return { state: 'failed', text: `still there after ${formatDuration(asked)}` };
}

function notSent(sent: 'gone' | 'denied', name: string, told: readonly string[]): Fate {
  if (sent === 'denied') return { state: 'failed', text: `${name} is not permitted without CAP_KILL` };
  return told.length > 0 ? ENDED : { state: 'gone', text: 'already gone' };
}

const ENDED: Fate = { state: 'done', text: 'ended' };

interface Watched {
  readonly process: EventProcess;
  readonly proc: string;
  readonly signal: AbortSignal;
}

async function endsWithin(ms: number, { process, proc, signal }: Watched): Promise<boolean> {
  const end = performance.now() + ms;
  while (performance.now() < end && !signal.aborted) {
    if (!isRunning(proc, process)) return true;
    await pause(LOOK_EVERY, undefined, { signal }).catch(() => undefined);
  }
  return ms > 0 && !isRunning(proc, process);
}

/** All that happened, as one line. @throws Error with it when a process was not signalled or has not ended, Skip when all had ended before. */
function conclude(event: AlertEvent, fates: readonly Fate[]): string {
  const unnamed = event.target.count - fates.length;
  const rest = unnamed > 0 ? [`${unnamed} smaller processes of the target were left alone`] : [];
  const said = [...fates.map(({ text }) => text), ...rest].join('; ');
  if (fates.some(({ state }) => state === 'failed')) throw new Error(said);
  if (fates.every(({ state }) => state === 'gone')) throw new Skip(said);
  return said;
}
