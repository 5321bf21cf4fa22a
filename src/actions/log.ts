import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf, messageOf, OptionError, Retry } from '../core/errors.ts';
import { jsonLine } from '../core/escape.ts';
import type { Action, ActionContext, ActionPlugin, AlertEvent } from '../core/types.ts';
import { AppendFile, explainFileError, UnsafeFile } from '../files/append-file.ts';
import { priorityPrefix, textLine } from './record/line.ts';
import { writeLine } from './record/stream.ts';

interface Options {
  readonly file?: string;
  readonly to?: 'stdout' | 'stderr';
  readonly format?: 'text' | 'ndjson';
  readonly priority?: boolean;
}

const TIMEOUT = 5_000;

const plugin: ActionPlugin = {
  summary: 'writes one line to a file, standard output or standard error',
  example: { file: '/var/log/psstop/alerts.log', format: 'ndjson' },
  on: ['fired', 'reminded', 'resolved'],
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      file: {
        type: 'string',
        pattern: '^/',
        description: 'Absolute path. Made with mode 0640 when missing; followed when logrotate moves it away.',
      },
      to: {
        enum: ['stdout', 'stderr'],
        description: 'Where the line goes when no file is named: stdout, if not said.',
      },
      format: {
        enum: ['text', 'ndjson'],
        default: 'text',
        description: 'ndjson: the whole event as one line of JSON.',
      },
      priority: {
        type: 'boolean',
        default: false,
        description: 'Begin lines with the log level that journald reads: <2>, <4>, <6>.',
      },
    },
  },
  create(options: Options, context: ActionContext) {
    if (options.file !== undefined && options.to !== undefined) {
      throw new OptionError(['to'], 'a log goes to a file or to a stream: remove file or to');
    }
    const line = lineWriter(options);
    if (options.file !== undefined) return fileLog(new AppendFile(options.file), line, context);
    return streamLog(options.to ?? 'stdout', line, context);
  },
};

export default plugin;

function lineWriter(options: Options): (event: AlertEvent) => string {
  const format = options.format === 'ndjson' ? jsonLine : textLine;
  return options.priority ? (event) => `${priorityPrefix(event)}${format(event)}` : format;
}

function streamLog(to: 'stdout' | 'stderr', line: (event: AlertEvent) => string, context: ActionContext): Action {
  const said = to === 'stdout' && context.console;
  return {
    timeout: TIMEOUT,
    async run(event, signal) {
      if (said) return 'already on standard output, like every event';
      await writeLine(process[to], line(event), signal);
      return `written to ${to}`;
    },
  };
}

async function fileLog(file: AppendFile, line: (event: AlertEvent) => string, context: ActionContext): Promise<Action> {
  if (context.live) await openEarly(file);
  else if (!existsSync(dirname(file.path)))
    context.warn?.(['file'], `there is no folder ${dirname(file.path)}: make it`);
  return {
    timeout: TIMEOUT,
    async run(event, signal) {
      signal.throwIfAborted();
      try {
        await file.append(`${line(event)}\n`);
      } catch (error) {
        if (error instanceof UnsafeFile || codeOf(error) === 'ELOOP') throw refused(file, error);
        throw new Retry(`can't write ${file.path}: ${messageOf(error)}`, { cause: error });
      }
      return `written to ${file.path}`;
    },
    reopen: () => file.reopen(),
    close: () => file.close(),
  };
}

/** A log that can never be written is the user's mistake, and told when the rules are loaded. What may pass (a full disk) is not. */
async function openEarly(file: AppendFile): Promise<void> {
  try {
    await file.open();
  } catch (error) {
    if (codeOf(error) === 'ENOSPC') return;
    const hint = explainFileError(error);
    if (hint !== undefined) throw new OptionError(['file'], `can't open ${file.path}: ${hint}`);
  }
}

function refused(file: AppendFile, error: unknown): Error {
  const why = explainFileError(error) ?? messageOf(error);
  return new Error(`refused to write ${file.path}: ${why}`, { cause: error });
}
