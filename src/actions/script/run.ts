import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Retry, Skip } from '../../core/errors.ts';
import type { AlertEvent } from '../../core/types.ts';
import { formatDuration, formatSize } from '../../core/units.ts';
import { ROOT } from '../../files/root.ts';
import { findModule, keepThreadsEndable } from '../../files/script-module.ts';
import { plainEnvironment } from '../process/environment.ts';
import type { Ending, Task } from './message.ts';

/** A module and its bounds: ms and bytes. */
export interface ScriptRun {
  readonly file: string;
  readonly options: unknown;
  readonly timeout: number;
  readonly memory: number;
}

const MIB = 2 ** 20;
/** Between being told that its time is up and being ended, ms. */
const GRACE = 1_000;
/** So much of what it says is recorded, characters. */
const LONGEST = 2_000;

/**
 * Runs a module for an event, in a thread of its own, which takes 9 MB while it runs: what it throws, an endless loop or a heap
 * that overflows ends that thread, and nothing else. @returns what it said. @throws Retry, Skip, or Error for good.
 */
export async function runScript(run: ScriptRun, event: AlertEvent, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const worker = startThread({ url: findModule(run.file), event, options: run.options }, run.memory);
  const late = AbortSignal.timeout(run.timeout);
  const end = stopper(worker, AbortSignal.any([signal, late]));
  try {
    return answerOf(await endingOf(worker));
  } catch (error) {
    if (late.aborted)
      throw new Error(`${run.file} was ended: it did not come to an end within ${formatDuration(run.timeout)}`);
    throw isOutOfMemory(error)
      ? new Error(`${run.file} was ended: it took more than ${formatSize(run.memory)}`)
      : error;
  } finally {
    end();
  }
}

function startThread(task: Task, memory: number): Worker {
  keepThreadsEndable();
  const worker = new Worker(fileURLToPath(new URL('actions/script/host.js', ROOT)), {
    workerData: task,
    env: plainEnvironment(),
    argv: [],
    execArgv: [],
    // Ours is for records; nobody reads what a script prints.
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: memory / MIB, maxYoungGenerationSizeMb: 4 },
  });
  worker.stdout.resume();
  worker.stderr.resume();
  return worker;
}

/** Tells the thread when its time is up, and ends it a little later, or when it is done with. */
function stopper(worker: Worker, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined;
  const terminate = (): void => void worker.terminate();
  const stop = (): void => {
    worker.postMessage('stop');
    timer = setTimeout(terminate, GRACE);
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    terminate();
  };
}

/** @throws what the thread died of. */
async function endingOf(worker: Worker): Promise<Ending> {
  const gone = new AbortController();
  const dead = once(worker, 'exit', { signal: gone.signal }).then(([code]) => {
    throw new Error(`it ended by itself, with code ${code}, before it was done`);
  });
  // Nobody may be waiting any more when it comes.
  dead.catch(() => undefined);
  try {
    const [ending] = await Promise.race([once(worker, 'message', { signal: gone.signal }), dead]);
    return ending as Ending;
  } finally {
    gone.abort();
    // What it throws after its end is of no interest, and must not end us.
    worker.on('error', () => undefined);
  }
}

function answerOf(ending: Ending): string {
  const said = ending.said.slice(0, LONGEST);
  switch (ending.outcome) {
    case 'done':
      return said;
    case 'skip':
      throw new Skip(said);
    case 'retry':
      throw new Retry(said, typeof ending.after === 'number' ? { after: ending.after } : {});
    default:
      throw new Error(said);
  }
}

function isOutOfMemory(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
