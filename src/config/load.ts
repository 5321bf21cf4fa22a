import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Retry, RulesError } from '../core/errors.ts';
import { ROOT } from '../files/root.ts';
import type { LoadAnswer, LoadRequest } from './check.ts';
import type { LoadedData } from './data.ts';

/** How long reading may take, ms. A thousand rules take about a second; a host that is short of memory is slow. */
const DEADLINE = 10_000;
/** Heap of the child, MiB. */
const HEAP = 256;
/** Longest answer that is taken, bytes. */
const LONGEST_ANSWER = 32 * 1024 * 1024;

/** What to load and how. */
export interface LoadOptions extends LoadRequest {
  /** Path of the compiled loader. */
  readonly script?: string;
  /** ms */
  readonly deadline?: number;
}

/**
 * Reads and checks configuration and rules in a child of its own, which is ended when it takes too long or too much
 * memory: the text may be hostile.
 * @throws RulesError with everything that is wrong; Retry when the child can't be started or is killed from outside.
 */
export async function loadConfig(options: LoadOptions): Promise<LoadedData> {
  const { script = fileURLToPath(new URL('config/loader.js', ROOT)), deadline = DEADLINE, ...request } = options;
  const ended = await runChild(start(script), { input: JSON.stringify(request), deadline });
  const file = request.config ?? request.rules?.[0];
  const refuse = (message: string): RulesError => new RulesError([{ ...(file && { file }), path: '', message }]);
  if (ended.output.length > LONGEST_ANSWER) throw refuse('these are more rules than can be taken: split them up');
  if (ended.late) throw refuse(`reading the rules took longer than ${deadline / 1000} s: make them smaller`);
  if (/heap out of memory|allocation failed/i.test(ended.errors))
    throw refuse('reading the rules took too much memory');
  if (ended.signal !== null) throw new Retry(`the loader of the rules was ended by ${ended.signal}`);
  if (ended.code !== 0) throw new Error(`the loader of the rules failed:\n${ended.errors}`);
  const answer = JSON.parse(ended.output) as LoadAnswer;
  if ('problems' in answer) throw new RulesError(answer.problems);
  return answer.data;
}

/** The child gets no environment: what the rules may refer to comes with the request, which no other process can see. */
function start(script: string): ChildProcess {
  const args = [`--max-old-space-size=${HEAP}`, '--stack-size=900', script];
  try {
    return spawn(process.execPath, args, { env: {}, stdio: ['pipe', 'pipe', 'pipe'] });
  } catch (error) {
    // ENOMEM is thrown at once, EAGAIN and others come as an event.
    throw new Retry(`the loader of the rules can't be started: ${(error as Error).message}`, { cause: error });
  }
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly late: boolean;
  readonly output: string;
  readonly errors: string;
}

function runChild(child: ChildProcess, { input, deadline }: { input: string; deadline: number }): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, deadline);
    const output = collect(child.stdout, () => child.kill('SIGKILL'));
    const errors = collect(child.stderr, () => child.kill('SIGKILL'));
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(new Retry(`the loader of the rules can't be started: ${error.message}`, { cause: error }));
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, late, output: output(), errors: errors() });
    });
    // A child that dies early closes its end; its exit says why.
    child.stdin?.once('error', () => undefined);
    child.stdin?.end(input);
  });
}

function collect(stream: ChildProcess['stdout'], overflow: () => void): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream?.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length > LONGEST_ANSWER) overflow();
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
