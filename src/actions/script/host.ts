/**
 * The thread that a script runs in: loads the module, calls it, says how it ended. Whoever started it bounds its time and
 * memory, and may end it at any moment.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { ScriptAction, ScriptActionContext } from '../../core/script.ts';
import type { Ending, Task } from './message.ts';

/** What a module may throw on purpose. */
class Wish extends Error {
  readonly ending: Ending;
  constructor(ending: Ending) {
    super(ending.said);
    this.ending = ending;
  }
}

const { url, event, options } = workerData as Task;
const stop = new AbortController();
parentPort?.once('message', () => stop.abort());
parentPort?.postMessage(await run());
// What the module has left open is of no interest any more.
parentPort?.close();

async function run(): Promise<Ending> {
  const context: ScriptActionContext = {
    with: options,
    signal: stop.signal,
    retry: (said, after) => new Wish({ outcome: 'retry', said: String(said), after }),
    skip: (said) => new Wish({ outcome: 'skip', said: String(said) }),
  };
  try {
    const { default: action } = (await import(url)) as { default?: ScriptAction };
    if (typeof action !== 'function') throw new Error('its default export is not a function');
    return { outcome: 'done', said: String((await action(event, context)) ?? 'done') };
  } catch (error) {
    if (error instanceof Wish) return error.ending;
    return { outcome: 'failed', said: error instanceof Error ? error.message : String(error) };
  }
}
