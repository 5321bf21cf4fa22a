import { messageOf } from '../../core/errors.ts';
import type { AlertEvent } from '../../core/types.ts';
import type { Arguments } from '../process/arguments.ts';
import { eventEnvironment, plainEnvironment } from '../process/environment.ts';
import { findProgram } from '../process/program.ts';
import type { Runner } from '../process/run.ts';
import { redact } from './redact.ts';
import { type Holdings, parseSmaps } from './smaps.ts';

/** Reading the mappings of a process may hang: the program that does it is ended after this, ms. */
export const READ_TIMEOUT = 15_000;
/** So long may it take to ask the journal, ms. */
export const LOG_TIMEOUT = 10_000;
/** So much of /proc/PID/smaps is read, bytes: some 40,000 mappings. */
const MOST_SMAPS = 32 * 2 ** 20;

/** What evidence is taken with. Times are ms, sizes bytes. */
export interface Means {
  readonly proc: string;
  readonly runner: Runner;
  /** Between the two readings of the mappings. */
  readonly between: number;
  /** So many of the unit's last log lines. */
  readonly lines: number;
  readonly hook: Arguments | undefined;
  readonly hookTimeout: number;
  readonly maxSize: number;
  readonly signal: AbortSignal;
}

/** What a process holds by its mappings; why that can't be read. */
export async function smapsOf(pid: number, means: Means): Promise<Holdings | string> {
  const text = await output(['cat', `${means.proc}/${pid}/smaps`], means, { limit: MOST_SMAPS });
  const held = parseSmaps(text);
  return held.size > 0 ? held : `can't be read: ${text.slice(0, 200)}`;
}

/** Its command line without secrets. Read like its mappings: that can hang as well. */
export async function cmdlineOf(pid: number, means: Means): Promise<string> {
  return redact((await output(['cat', `${means.proc}/${pid}/cmdline`], means)).replaceAll('\0', ' '));
}

/** The last lines that a unit has logged. */
export async function logOf(unit: string, means: Means): Promise<string[]> {
  const args = ['journalctl', `--unit=${unit}`, `--lines=${means.lines}`, '--no-pager', '--output=short-iso'];
  return (await output(args, means, { timeout: LOG_TIMEOUT })).split('\n').map(redact);
}

/** What the user's own program adds. */
export async function hookOf(hook: Arguments, event: AlertEvent, means: Means): Promise<string[]> {
  const more = { timeout: means.hookTimeout, env: eventEnvironment(event) };
  return (await output([hook.program, ...hook.fill(event)], means, more)).split('\n').map(redact);
}

/** Runs a program that can be ended. @returns its output; why there is none, where it failed. */
async function output(
  [program = '', ...args]: readonly string[],
  { runner, maxSize, signal }: Means,
  more: { limit?: number; timeout?: number; env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const { limit = maxSize, timeout = READ_TIMEOUT } = more;
  const env = { ...plainEnvironment(), LC_ALL: 'C', ...more.env };
  try {
    const file = findProgram(program, env.PATH);
    return (await runner({ file, args, env, cwd: '/', outputLimit: limit, timeout, grace: 200 }, signal)).output;
  } catch (error) {
    signal.throwIfAborted();
    return messageOf(error);
  }
}
