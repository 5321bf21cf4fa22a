import { OptionError } from '../core/errors.ts';
import type { Action, ActionContext, ActionPlugin } from '../core/types.ts';
import { findModule } from '../files/script-module.ts';
import { readDuration, readSize, required } from './options/read.ts';
import type { ScriptRun } from './script/run.ts';

interface Options {
  readonly file?: string;
  readonly with?: unknown;
  readonly timeout?: string;
  readonly memory?: string;
}

/** Node itself takes some; what a watchdog runs should not take a lot. */
const LEAST_MEMORY = 8 * 2 ** 20;
const MOST_MEMORY = 2 ** 30;

const plugin: ActionPlugin = {
  summary: 'runs a JavaScript or TypeScript module of yours, in a thread of its own that is ended at its deadline',
  example: { file: '/etc/psstop/scripts/drain.js', with: { pool: 'web' }, timeout: '30s' },
  on: ['fired'],
  acts: true,
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      file: {
        type: 'string',
        pattern: '^/',
        description: 'Absolute path of a module whose default export is a function of an event and a context.',
      },
      with: { description: 'Handed to the module as it is.' },
      timeout: { $ref: '#/$defs/duration', default: '30s', description: 'After this it is ended.' },
      memory: { $ref: '#/$defs/size', default: '64MiB', description: 'So much its heap may take, 8MiB to 1GiB.' },
    },
  },
  async create(options: Options, context: ActionContext) {
    const run = readRun(options);
    return script(run, context.live ? (await import('./script/run.ts')).runScript : notLive);
  },
};

export default plugin;

/** Times, sizes and the module itself, which is found and checked again before each run. */
function readRun(options: Options): ScriptRun {
  const file = required(['file'], options.file, 'file: /path/of/module.js');
  const memory = readSize(['memory'], options.memory ?? '64MiB');
  if (memory < LEAST_MEMORY || memory > MOST_MEMORY)
    throw new OptionError(['memory'], 'write a size from 8MiB to 1GiB');
  try {
    findModule(file);
  } catch (error) {
    throw new OptionError(['file'], error instanceof Error ? error.message : String(error));
  }
  return { file, options: options.with, memory, timeout: readDuration(['timeout'], options.timeout ?? '30s') };
}

function script(run: ScriptRun, start: typeof import('./script/run.ts').runScript): Action {
  // The rest is for ending it. It is never repeated unasked: it may have done its work.
  return { once: true, timeout: run.timeout + 3_000, run: (event, signal) => start(run, event, signal) };
}

function notLive(): Promise<never> {
  return Promise.reject(new Error('rules are only being checked: nothing is run'));
}
