import { isAbsolute, join } from 'node:path';
import { OptionError, Skip } from '../core/errors.ts';
import { escapeControls } from '../core/escape.ts';
import type { Action, ActionContext, ActionPlugin, AlertEvent, EventProcess, Evidence } from '../core/types.ts';
import { keepCapture, type Shelf } from './capture/keep.ts';
import { hookOf, LOG_TIMEOUT, logOf, type Means, READ_TIMEOUT } from './capture/programs.ts';
import { describe, lookAt, section } from './capture/report.ts';
import { readDuration, readSize } from './options/read.ts';
import { compileArguments } from './process/arguments.ts';
import { isRunning } from './process/identity.ts';
import { loadRunner } from './process/run.ts';

interface Options {
  readonly folder?: string;
  readonly between?: string;
  readonly 'log-lines'?: number;
  readonly hook?: readonly string[];
  readonly timeout?: string;
  readonly keep?: number;
  readonly 'max-size'?: string;
}

/** The biggest few processes of a target. */
const MOST_PROCESSES = 3;
/** First looks are this far apart, ms: to read all mappings of a big process takes milliseconds of its time. */
const LOOK_EVERY = 5_000;

const plugin: ActionPlugin = {
  summary:
    'writes down what a process holds and what grew since the alert was pending, its threads, descriptors, control group and last log lines',
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
        description:
          'Where captures are written, one file each. Default: captures in the state folder; /var/lib/psstop/captures where no state is kept.',
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
  async create(options: Options, { live, proc, evidence, state = '/var/lib/psstop' }: ActionContext) {
    const { folder = join(state, 'captures'), keep = 50 } = options;
    if (!isAbsolute(folder)) throw new OptionError(['folder'], `"${folder}" is not an absolute path`);
    const hook = options.hook && compileArguments(['hook'], options.hook);
    const means = {
      ...{ proc, lines: options['log-lines'] ?? 100, hook, runner: live ? await loadRunner() : notLive },
      between: readDuration(['between'], options.between ?? '10s'),
      hookTimeout: readDuration(['timeout'], options.timeout ?? '30s'),
      maxSize: readSize(['max-size'], options['max-size'] ?? '1MiB'),
    };
    if (means.maxSize < 4096) throw new OptionError(['max-size'], 'a capture needs 4KiB at least');
    return captureAction({ means, shelf: { folder, keep, maxSize: means.maxSize }, evidence });
  },
};

export default plugin;

interface Work {
  readonly means: Omit<Means, 'signal'>;
  readonly shelf: Shelf;
  readonly evidence: Evidence | undefined;
}

function captureAction({ means, shelf, evidence }: Work): Action {
  let looked = Number.NEGATIVE_INFINITY;
  return {
    timeout: means.between + 2 * READ_TIMEOUT + LOG_TIMEOUT + means.hookTimeout + 10_000,
    once: true,
    async run(event, signal) {
      signal.throwIfAborted();
      const { file, growth } = await capture(event, shelf, { ...means, signal });
      evidence?.note(event.alert, file);
      return `captured in ${file}${growth === undefined ? '' : `: ${growth}`}`;
    },
    async foresee(event, signal) {
      const [biggest] = presentOf(event, means.proc);
      const now = performance.now();
      if (biggest === undefined || now - looked < LOOK_EVERY) return;
      looked = now;
      await lookAt(biggest, shelf.folder, { ...means, signal });
    },
  };
}

async function capture(event: AlertEvent, shelf: Shelf, means: Means): Promise<{ file: string; growth?: string }> {
  const { unit } = event.target;
  const there = presentOf(event, means.proc).slice(0, MOST_PROCESSES);
  const [first] = there;
  if (first === undefined) throw new Skip('there is no process of it any more');
  const reports = await Promise.all(there.map((process) => describe(process, shelf.folder, means)));
  const logs =
    unit === undefined || means.lines === 0 ? [] : section(`last lines of ${unit}`, await logOf(unit, means));
  const hooked = means.hook === undefined ? [] : section('hook', await hookOf(means.hook, event, means));
  const head = [`${event.rule}: ${event.message}`, event.because, new Date().toISOString()];
  const lines = [...head, ...reports.flatMap((report) => report.lines), ...logs, ...hooked].map(escapeControls);
  const growth = reports.find((report) => report.growth !== undefined)?.growth;
  const file = keepCapture(shelf, `${event.rule}-${first.pid}`, `${lines.join('\n')}\n`);
  return { file, ...(growth !== undefined && { growth }) };
}

/** Those of the event's processes that are still there, the biggest first. */
function presentOf({ target }: AlertEvent, proc: string): EventProcess[] {
  return target.processes.filter((process) => isRunning(proc, process));
}

function notLive(): Promise<never> {
  return Promise.reject(new Error('rules are only being checked: nothing is captured'));
}
