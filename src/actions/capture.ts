import { isAbsolute } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { messageOf, OptionError, Skip } from '../core/errors.ts';
import { escapeControls } from '../core/escape.ts';
import type { ActionContext, ActionPlugin, AlertEvent, EventProcess } from '../core/types.ts';
import { cgroupOf, descriptorsOf, statusOf } from './capture/evidence.ts';
import { keepCapture, type Shelf } from './capture/keep.ts';
import { redact } from './capture/redact.ts';
import { compareHoldings, parseSmaps } from './capture/smaps.ts';
import { readDuration, readSize } from './options/read.ts';
import { type Arguments, compileArguments } from './process/arguments.ts';
import { eventEnvironment, plainEnvironment } from './process/environment.ts';
import { isRunning } from './process/identity.ts';
import { findProgram } from './process/program.ts';
import { loadRunner, type Runner } from './process/run.ts';

interface Options {
  readonly folder?: string;
  readonly between?: string;
  readonly 'log-lines'?: number;
  readonly hook?: readonly string[];
  readonly timeout?: string;
  readonly keep?: number;
  readonly 'max-size'?: string;
}

/** Reading the mappings of a process may hang: the program that does it is ended after this, ms. */
const READ_TIMEOUT = 15_000;
const LOG_TIMEOUT = 10_000;
/** The biggest few processes of a target. */
const MOST_PROCESSES = 3;

const plugin: ActionPlugin = {
  summary:
    'writes down what a process holds and what grows, its threads, descriptors, control group and last log lines',
  example: { between: '10s', 'log-lines': 100, keep: 20 },
  on: ['fired'],
  acts: true,
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      folder: {
        type: 'string',
        pattern: '^/',
        default: '/var/lib/psstop/captures',
        description: 'Where captures are written, one file each.',
      },
      between: { $ref: '#/$defs/duration', default: '10s', description: 'Between the two readings of the mappings.' },
      'log-lines': {
        type: 'integer',
        minimum: 0,
        maximum: 10_000,
        default: 100,
        description: "So many of the unit's last lines in the journal.",
      },
      hook: {
        type: 'array',
        minItems: 1,
        items: { type: 'string' },
        description:
          'A program and its arguments that adds what it writes, as `command` runs it: jcmd, a heap snapshot.',
      },
      timeout: { $ref: '#/$defs/duration', default: '30s', description: 'How long the hook may take.' },
      keep: { type: 'integer', minimum: 1, maximum: 10_000, default: 50, description: 'So many captures are kept.' },
      'max-size': { $ref: '#/$defs/size', default: '1MiB', description: 'So much of one capture is kept.' },
    },
  },
  async create(options: Options, { live, proc }: ActionContext) {
    const { folder = '/var/lib/psstop/captures', keep = 50 } = options;
    if (!isAbsolute(folder)) throw new OptionError(['folder'], `"${folder}" is not an absolute path`);
    const hook = options.hook && compileArguments(['hook'], options.hook);
    const means: Means = {
      ...{ proc, lines: options['log-lines'] ?? 100, hook, runner: live ? await loadRunner() : notLive },
      between: readDuration(['between'], options.between ?? '10s'),
      hookTimeout: readDuration(['timeout'], options.timeout ?? '30s'),
      maxSize: readSize(['max-size'], options['max-size'] ?? '1MiB'),
    };
    if (means.maxSize < 4096) throw new OptionError(['max-size'], 'a capture needs 4KiB at least');
    const shelf: Shelf = { folder, keep, maxSize: means.maxSize };
    return {
      timeout: means.between + 2 * READ_TIMEOUT + LOG_TIMEOUT + means.hookTimeout + 10_000,
      once: true,
      run: async (event, signal) => capture(event, { means, shelf, signal }),
    };
  },
};

export default plugin;

interface Means {
  readonly proc: string;
  readonly runner: Runner;
  readonly between: number;
  readonly lines: number;
  readonly hook: Arguments | undefined;
  readonly hookTimeout: number;
  readonly maxSize: number;
}

interface Work {
  readonly means: Means;
  readonly shelf: Shelf;
  readonly signal: AbortSignal;
}

async function capture(event: AlertEvent, { means, shelf, signal }: Work): Promise<string> {
  signal.throwIfAborted();
  const { target } = event;
  const there = target.processes.filter((process) => isRunning(means.proc, process)).slice(0, MOST_PROCESSES);
  if (there.length === 0) throw new Skip('there is no process of it any more');
  const parts = await Promise.all(there.map((process) => describe(process, means, signal)));
  const { unit } = target;
  const logs =
    unit === undefined || means.lines === 0 ? [] : section(`last lines of ${unit}`, await logOf(unit, means, signal));
  const hooked = means.hook === undefined ? [] : section('hook', await hookOf(means.hook, event, { means, signal }));
  const head = [`${event.rule}: ${event.message}`, event.because, new Date().toISOString()];
  const lines = [...head, ...parts.flat(), ...logs, ...hooked].map(escapeControls);
  const file = keepCapture(shelf, `${event.rule}-${there[0]?.pid}`, `${lines.join('\n')}\n`);
  return `captured in ${file}`;
}

async function describe(process: EventProcess, means: Means, signal: AbortSignal): Promise<string[]> {
  const { proc, between } = means;
  const { pid, name } = process;
  const before = await smapsOf(pid, means, signal);
  await pause(between, undefined, { signal });
  const after = await smapsOf(pid, means, signal);
  const grown =
    typeof before === 'string' || typeof after === 'string' ? [String(before)] : compareHoldings(before, after);
  const cmdline = (await run(['cat', `${proc}/${pid}/cmdline`], means, { signal })).replaceAll('\0', ' ');
  return [
    ...section(`${name} (${pid})`, [redact(cmdline)]),
    ...section(`mappings, and what changed in ${between} ms`, grown),
    ...section('status', statusOf(proc, pid)),
    ...section('descriptors', descriptorsOf(proc, pid)),
    ...cgroupOf(proc, pid).flatMap(([title, lines]) => section(title, lines)),
  ];
}

async function smapsOf(
  pid: number,
  means: Means,
  signal: AbortSignal,
): Promise<ReturnType<typeof parseSmaps> | string> {
  const text = await run(['cat', `${means.proc}/${pid}/smaps`], means, { signal, limit: 32 * 2 ** 20 });
  const held = parseSmaps(text);
  return held.size > 0 ? held : `can't be read: ${text.slice(0, 200)}`;
}

async function logOf(unit: string, means: Means, signal: AbortSignal): Promise<string[]> {
  const args = ['journalctl', `--unit=${unit}`, `--lines=${means.lines}`, '--no-pager', '--output=short-iso'];
  return (await run(args, means, { signal, timeout: LOG_TIMEOUT })).split('\n').map(redact);
}

async function hookOf(
  hook: Arguments,
  event: AlertEvent,
  { means, signal }: { means: Means; signal: AbortSignal },
): Promise<string[]> {
  const more = { signal, timeout: means.hookTimeout, env: eventEnvironment(event) };
  return (await run([hook.program, ...hook.fill(event)], means, more)).split('\n').map(redact);
}

/** Runs a program that can be ended. @returns its output; why there is none, where it failed. */
async function run(
  [program = '', ...args]: readonly string[],
  { runner, maxSize }: Means,
  more: { signal: AbortSignal; limit?: number; timeout?: number; env?: Readonly<Record<string, string>> },
): Promise<string> {
  const { signal, limit = maxSize, timeout = READ_TIMEOUT } = more;
  const env = { ...plainEnvironment(), LC_ALL: 'C', ...more.env };
  try {
    const file = findProgram(program, env.PATH);
    return (await runner({ file, args, env, cwd: '/', outputLimit: limit, timeout, grace: 200 }, signal)).output;
  } catch (error) {
    signal.throwIfAborted();
    return messageOf(error);
  }
}

function section(title: string, lines: readonly string[]): string[] {
  return ['', `== ${title}`, ...lines];
}

function notLive(): Promise<never> {
  return Promise.reject(new Error('rules are only being checked: nothing is captured'));
}
