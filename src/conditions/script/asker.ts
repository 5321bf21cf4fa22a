import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { ScriptAnswer, ScriptTarget } from '../../core/script.ts';
import { formatDuration } from '../../core/units.ts';
import { ROOT } from '../../files/root.ts';
import { keepThreadsEndable } from '../../files/script-module.ts';
import type { Question, Reply, Start } from './message.ts';
import type { ScriptSettings } from './options.ts';

/** Starting a thread and loading a module take longer than an answer, ms. */
const START = 3_000;
/** A thread that is not asked for so long ends, ms: no rule may need it any more. */
const IDLE = 600_000;
const MEMORY_MIB = 64;

/** The thread that answers. One for all modules: it takes 9 MB. */
interface Thread {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly answers: Int32Array;
  /** Modules that it has loaded, by URL. */
  readonly loaded: Set<string>;
  ended: boolean;
}

let thread: Thread | undefined;

/**
 * Asks a module about a target, and waits for its answer: judging is pure, so a snapshot must be judged by what is said of
 * it and not by what was said of one before, live as in a replay. The module has a thread of its own, so that an endless loop
 * or a heap that overflows costs its deadline once, and that thread. Blocks for as long as that takes, 0.1 ms as a rule.
 * @throws Error when the module threw, or did not answer in time.
 */
export function ask({ file, url, options, timeout }: ScriptSettings, target: ScriptTarget): ScriptAnswer | undefined {
  const asked = thread === undefined || thread.ended ? startThread() : thread;
  thread = asked;
  const allowed = asked.loaded.has(url) ? timeout : START;
  const before = Atomics.load(asked.answers, 0);
  asked.port.postMessage({ url, options, target } satisfies Question);
  const waited = Atomics.wait(asked.answers, 0, before, allowed);
  const reply = receiveMessageOnPort(asked.port)?.message as Reply | undefined;
  if (reply === undefined) {
    endThread(asked);
    const time = waited === 'timed-out' ? ` within ${formatDuration(allowed)}` : '';
    throw new Error(`${file} did not answer${time} and was ended: it is asked again later`);
  }
  asked.loaded.add(url);
  if ('error' in reply) throw new Error(`${file}: ${reply.error}`);
  return reply.answer as ScriptAnswer | undefined;
}

function startThread(): Thread {
  keepThreadsEndable();
  const { port1, port2 } = new MessageChannel();
  const answers = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(fileURLToPath(new URL('conditions/script/host.js', ROOT)), {
    workerData: { port: port2, answers, idle: IDLE } satisfies Start,
    transferList: [port2],
    env: { PATH: process.env.PATH ?? '' },
    argv: [],
    execArgv: [],
    // Ours is for records; nobody reads what a module prints.
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MIB, maxYoungGenerationSizeMb: 4 },
  });
  const made: Thread = { worker, port: port1, answers, loaded: new Set(), ended: false };
  const over = (): void => {
    made.ended = true;
    port1.close();
  };
  worker.on('exit', over);
  // It is told by the question that stays without an answer.
  worker.on('error', over);
  worker.stdout.resume();
  worker.stderr.resume();
  // psstop does not live for its sake.
  worker.unref();
  port1.unref();
  return made;
}

function endThread(asked: Thread): void {
  asked.ended = true;
  asked.port.close();
  void asked.worker.terminate();
}
