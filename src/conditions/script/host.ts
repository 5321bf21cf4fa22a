/** The thread in which the modules of all conditions `script` are asked, one question at a time. It may be ended at any moment. */
import { workerData } from 'node:worker_threads';
import type { ScriptCondition } from '../../core/script.ts';
import type { Question, Reply, Start } from './message.ts';

const { port, answers, idle } = workerData as Start;
let timer = setTimeout(() => port.close(), idle);

port.on('message', async (question: Question) => {
  clearTimeout(timer);
  send(await answer(question));
  timer = setTimeout(() => port.close(), idle);
});

async function answer({ url, options, target }: Question): Promise<Reply> {
  try {
    const { default: ask } = (await import(url)) as { default?: ScriptCondition };
    if (typeof ask !== 'function') return { error: 'its default export is not a function' };
    return { answer: await ask(target, { with: options }) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function send(reply: Reply): void {
  try {
    port.postMessage(reply);
  } catch {
    port.postMessage({ error: 'its answer can not be copied' } satisfies Reply);
  }
  Atomics.add(answers, 0, 1);
  Atomics.notify(answers, 0);
}
