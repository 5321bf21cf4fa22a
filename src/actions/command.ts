import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { messageOf, OptionError } from '../core/errors.ts';
import { escapeControls } from '../core/escape.ts';
import type { Action, ActionContext, ActionPlugin } from '../core/types.ts';
import { readDuration, readSize, required } from './options/read.ts';
import { type Account, findAccount } from './process/account.ts';
import { type Arguments, compileArguments } from './process/arguments.ts';
import { eventEnvironment, plainEnvironment } from './process/environment.ts';
import { judgeExit } from './process/exit.ts';
import { findProgram } from './process/program.ts';
import { loadRunner, type Run, type Runner } from './process/run.ts';

interface Options {
  readonly run?: readonly string[];
  readonly user?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: 'json' | 'none';
  readonly timeout?: string;
  readonly grace?: string;
  readonly 'output-limit'?: string;
  readonly retry?: boolean;
}

/** So much output may go into the record, bytes. */
const MOST_OUTPUT = 2 ** 20;

const plugin: ActionPlugin = {
  summary:
    'runs a program, without a shell; the event is in its PSSTOP_* variables and, as JSON, on its standard input',
  example: { run: ['/usr/local/bin/drain', '--name={{target}}'], user: 'deploy', timeout: '30s' },
  on: ['fired'],
  acts: true,
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      run: {
        type: 'array',
        minItems: 1,
        items: { type: 'string' },
        description:
          'The program and its arguments, one each: no shell reads them. {{…}} is filled in, except in the program.',
      },
      user: { type: 'string', description: 'Name or number of the user it runs as, with its main group alone.' },
      env: { type: 'object', additionalProperties: { $ref: '#/$defs/secret' }, description: 'More variables for it.' },
      cwd: { type: 'string', pattern: '^/', default: '/', description: 'The folder it runs in.' },
      input: { enum: ['json', 'none'], default: 'json', description: 'What its standard input holds.' },
      timeout: {
        $ref: '#/$defs/duration',
        default: '30s',
        description: 'After this it is ended, with all it has started.',
      },
      grace: {
        $ref: '#/$defs/duration',
        default: '2s',
        description: 'Between the TERM that asks it to end and the KILL.',
      },
      'output-limit': {
        $ref: '#/$defs/size',
        default: '4KiB',
        description: 'So much of the end of its output is recorded.',
      },
      retry: {
        type: 'boolean',
        default: false,
        description: 'Run it again when it fails. A program can ask for that itself: it ends with status 75.',
      },
    },
  },
  async create(options: Options, context: ActionContext) {
    const compiled = readArguments(options);
    const settings = readSettings(options);
    const account = options.user !== undefined && context.live ? findAccount(['user'], options.user) : undefined;
    const runner = context.live ? await loadRunner() : notLive;
    if (!context.live) warnOfProgram(compiled.program, options, context);
    return command({ compiled, settings, account, runner, options });
  },
};

export default plugin;

interface Command {
  readonly compiled: Arguments;
  readonly settings: Pick<Run, 'timeout' | 'grace' | 'outputLimit' | 'cwd'>;
  readonly account: Account | undefined;
  readonly runner: Runner;
  readonly options: Options;
}

function command({ compiled, settings, account, runner, options }: Command): Action {
  const env = { ...plainEnvironment(), ...(account && userVariables(account)), ...readVariables(options.env) };
  return {
    once: true,
    // The rest is for ending it.
    timeout: settings.timeout + settings.grace + 3_000,
    async run(event, signal) {
      const file = findProgram(compiled.program, env.PATH, account?.uid);
      const ended = await runner(
        {
          ...settings,
          file,
          args: compiled.fill(event),
          env: { ...env, ...eventEnvironment(event) },
          account,
          input: options.input === 'none' ? undefined : `${JSON.stringify(event)}\n`,
        },
        signal,
      );
      return judgeExit(compiled.program, ended, options.retry);
    },
  };
}

function readArguments(options: Options): Arguments {
  const run = required(['run'], options.run, 'run: [/path/of/program, argument]');
  return compileArguments(['run'], run);
}

/** Where rules are only checked, it may well be another machine: a program that can't be run here is no error. */
function warnOfProgram(program: string, { user }: Options, { warn }: ActionContext): void {
  const words = program.trim().split(/\s+/);
  if (words.length > 1 && !existsSync(program)) {
    const list = words.map((word) => `'${escapeControls(word)}'`).join(', ');
    warn?.(['run', 0], `no shell takes this apart, and there is no such program: write run: [${list}]`);
    return;
  }
  if (user !== undefined) return;
  // Who checks need not have the watchdog's PATH.
  if (!isAbsolute(program)) return;
  try {
    findProgram(program, plainEnvironment().PATH);
  } catch (error) {
    warn?.(['run', 0], escapeControls(messageOf(error)));
  }
}

function readSettings(options: Options): Command['settings'] {
  const { cwd = '/' } = options;
  if (!isAbsolute(cwd)) throw new OptionError(['cwd'], `"${cwd}" is not an absolute path`);
  const outputLimit = readSize(['output-limit'], options['output-limit'] ?? '4KiB');
  if (outputLimit > MOST_OUTPUT)
    throw new OptionError(['output-limit'], 'at most 1MiB is kept: it goes into the record');
  return {
    cwd,
    outputLimit,
    timeout: readDuration(['timeout'], options.timeout ?? '30s'),
    grace: readDuration(['grace'], options.grace ?? '2s'),
  };
}

/** A NUL would make Node refuse the start, and print the value, which may be a secret. */
function readVariables(env: Options['env'] = {}): Record<string, string> {
  const texts = Object.entries(env).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(texts.map(([name, value]) => [name.replaceAll('\0', ''), value.replaceAll('\0', '')]));
}

function userVariables({ name, home }: Account): Record<string, string> {
  return { USER: name, LOGNAME: name, HOME: home };
}

function notLive(): Promise<never> {
  return Promise.reject(new Error('rules are only being checked: nothing is run'));
}
