import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

/** The built program. */
export const PROGRAM: string = new URL('../../dist/cli/main.js', import.meta.url).pathname;
/** A call that hangs is ended after so many ms. */
const LONGEST = 50_000;

/** What a call wrote, and how it ended. */
export interface Call {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

/** A program that runs on. */
export interface Running {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<Call>;
}

/** Environment and program of a call; what is left out is as bare as can be, and the program itself. */
export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly program?: string;
  /** User and group id; the test's own without it. */
  readonly user?: number;
}

/** Starts psstop. Nothing of the tests' own environment reaches it. */
export function start(args: readonly string[], { env = {}, program = PROGRAM, user }: Surroundings = {}): Running {
  return running(
    spawn(process.execPath, [program, ...args], {
      env: { PATH: process.env.PATH ?? '', PSSTOP_SOCKET: 'none', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(user !== undefined && { uid: user, gid: user }),
    }),
  );
}

/** Calls psstop and waits for its end. */
export function psstop(...args: readonly string[]): Promise<Call> {
  return start(args).ended;
}

/** Runs a line of bash in which `psstop` is the program. */
export function shell(line: string): Promise<Call> {
  const script = `psstop() { '${process.execPath}' '${PROGRAM}' "$@"; }\n${line}`;
  const env = { PATH: process.env.PATH ?? '' };
  return running(spawn('bash', ['--norc', '-c', script], { env, stdio: ['ignore', 'pipe', 'pipe'] })).ended;
}

function running(child: ChildProcess): Running {
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
    });
  }
  const ended = new Promise<Call>((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ ...written, code });
    });
  });
  return { child, stdout: () => written.stdout, stderr: () => written.stderr, ended };
}

/** Waits until something holds. @throws Error when it does not in time. */
export async function until(holds: () => boolean, seconds = 30): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`it did not happen within ${seconds} s: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Is there a program of this name to be called? */
export function installed(name: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(`${folder}/${name}`));
}
