import type { ChildProcess } from 'node:child_process';
import { codeOf, messageOf, Retry } from '../../core/errors.ts';
import { formatCount, formatDuration } from '../../core/units.ts';
import { assertRoom } from './room.ts';
import { keepTail, type Tail } from './tail.ts';
import { endTree } from './tree.ts';

/** A program to run once. */
export interface Run {
  /** Path of the program, and its arguments. */
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Without it, as ourselves. All supplementary groups are dropped. */
  readonly account?: { readonly uid: number; readonly gid: number } | undefined;
  /** For its standard input; without it that is empty. */
  readonly input?: string | undefined;
  /** How many bytes of its output are kept: the last ones. */
  readonly outputLimit: number;
  /** ms; after it the program and all it has started is ended: TERM, and KILL after `grace` ms. */
  readonly timeout: number;
  readonly grace: number;
}

/** How it ended, of itself. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it wrote to standard output and standard error, as it was. */
  readonly output: string;
  /** ms. */
  readonly took: number;
}

/** Runs a program. @throws Retry when the system has no room for it now; Error when it can't be started, or had to be ended. */
export type Runner = (run: Run, signal: AbortSignal) => Promise<Ended>;

/** Output may come late from what the program has left behind; it is waited for so long, ms. */
const OUTPUT_WAIT = 1_000;
const NO_ROOM = new Set(['ENOMEM', 'EAGAIN', 'EMFILE', 'ENFILE']);

/** Loads what is needed to run programs, so that nothing has to be read from disk in an emergency. */
export async function loadRunner(): Promise<Runner> {
  const { execa } = await import('execa');
  const start = (run: Run): { child: ChildProcess; failed: Promise<unknown> } => {
    const child = execa(run.file, run.args, {
      env: run.env,
      extendEnv: false,
      cwd: run.cwd,
      ...(run.account && { uid: run.account.uid, gid: run.account.gid }),
      ...(run.input === undefined ? { stdin: 'ignore' as const } : { input: run.input }),
      // A session of its own: its leader's pid names the whole group.
      detached: true,
      cleanup: false,
      buffer: false,
      reject: false,
    });
    return { child: child as unknown as ChildProcess, failed: child };
  };
  return async (run, signal) => {
    signal.throwIfAborted();
    assertRoom(run.file);
    const begin = performance.now();
    const { child, failed } = start(run);
    if (child.pid === undefined) throw startFailure(run, await failed);
    failed.catch(() => undefined);
    const output = keepTail([child.stdout, child.stderr], run.outputLimit);
    const { code, by } = await finish(child, run, { signal, output });
    return { code, signal: by, output: output.text(), took: performance.now() - begin };
  };
}

interface Watch {
  readonly signal: AbortSignal;
  readonly output: Tail;
}

/** Waits for the program itself, not for whoever else holds its output. */
async function finish(
  child: ChildProcess,
  run: Run,
  { signal, output }: Watch,
): Promise<{ code: number | null; by: NodeJS.Signals | null }> {
  const closed = new Promise((resolve) => child.once('close', resolve));
  const exited = new Promise<{ code: number | null; by: NodeJS.Signals | null }>((resolve) =>
    child.once('exit', (code, by) => resolve({ code, by })),
  );
  const called = calledOff(run.timeout, signal);
  try {
    const ended = await Promise.race([exited, called.promise]);
    if (ended === undefined) throw await tooLong(child, run, { signal, output });
    await Promise.race([closed, waited(OUTPUT_WAIT)]);
    // A server that it has started may go on writing: closing the pipe would end it by SIGPIPE.
    output.release();
    return ended;
  } finally {
    called.cancel();
    child.stdin?.destroy();
  }
}

async function tooLong(child: ChildProcess, run: Run, { signal, output }: Watch): Promise<Error> {
  const why = signal.aborted ? 'was called off' : `did not end within ${formatDuration(run.timeout)}`;
  const count = await endTree(child.pid ?? 0, run.grace);
  for (const stream of [child.stdout, child.stderr]) stream?.destroy();
  const others = count > 1 ? ` with the ${formatCount(count - 1, 'process')} it had started` : '';
  const text = output.text();
  return new Error(`${run.file} ${why} and was ended${others}${text === '' ? '' : `: ${text}`}`);
}

function calledOff(timeout: number, signal: AbortSignal): { promise: Promise<undefined>; cancel(): void } {
  let cancel = (): void => undefined;
  const promise = new Promise<undefined>((resolve) => {
    const stop = (): void => resolve(undefined);
    const timer = setTimeout(stop, timeout);
    signal.addEventListener('abort', stop, { once: true });
    cancel = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    };
  });
  return { promise, cancel: () => cancel() };
}

function waited(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

function startFailure(run: Run, result: unknown): Error {
  const cause = (result as { cause?: unknown }).cause ?? result;
  const code = codeOf(cause) ?? codeOf(result) ?? '';
  const { file, cwd } = run;
  if (NO_ROOM.has(code)) return new Retry(`no room to start ${file}: ${code}`, { cause });
  const hints: Readonly<Record<string, string>> = {
    ENOENT: `there is no such program, no interpreter for it, or no folder ${cwd}`,
    EACCES: 'it may not be executed',
    EPERM: 'psstop may not run as another user: it needs CAP_SETUID and CAP_SETGID',
    E2BIG: 'its arguments and environment are too long',
    ENOEXEC: 'it is neither a binary nor a script that begins with #!',
  };
  return new Error(`can't start ${file}: ${hints[code] ?? messageOf(cause)}`, { cause });
}
