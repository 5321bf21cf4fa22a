import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The built program. */
export const PROGRAM: string = new URL('../../dist/cli/main.js', import.meta.url).pathname;

/** A folder of a test's own with the daemon's configuration, rules and logs. */
export interface Place {
  readonly folder: string;
  path(name: string): string;
  write(name: string, text: string): void;
  /** What a file holds; empty while there is none. */
  read(name: string): string;
  remove(): void;
}

/** Makes a place. */
export function makePlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'psstop-e2e-'));
  const path = (name: string): string => join(folder, name);
  return {
    folder,
    path,
    write(name, text) {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), text);
    },
    read(name) {
      try {
        return readFileSync(path(name), 'utf8');
      } catch {
        return '';
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Starts `NAME-PID 600`, which sleeps under a name of its own: no other process of the machine is taken for its successor. */
export function sleeper(place: Place, name: string): ChildProcess {
  const file = place.path(name);
  symlinkSync('/bin/sleep', file);
  return spawn(file, ['600'], { argv0: `${name}-${process.pid}` });
}

/** A running program. */
export interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  /** All that it has written to stdout and stderr so far. */
  output(): string;
  /** Resolves with the output once it matches. @throws Error with the output when it does not in time, or the program has ended. */
  says(pattern: RegExp, seconds?: number): Promise<string>;
  /** How it ended. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Ends it, if need be by force. */
  stop(): Promise<void>;
}

/** Starts the daemon on a place's psstop.yaml. */
export function watch(place: Place, ...more: readonly string[]): Running {
  return start(process.execPath, [PROGRAM, 'watch', '--config', place.path('psstop.yaml'), ...more]);
}

/** Starts a program. */
export function start(file: string, args: readonly string[]): Running {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    child,
    pid: child.pid ?? 0,
    output: () => output,
    ended,
    async says(pattern, seconds = 30) {
      await until(() => pattern.test(output) || isOver(), seconds).catch(() => undefined);
      if (!pattern.test(output)) throw new Error(`it never said ${pattern}, but:\n${output}`);
      return output;
    },
    async stop() {
      if (isOver()) return;
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(force);
    },
  };
}

/** Waits until something holds. @throws Error when it does not in time. */
export async function until(holds: () => boolean, seconds = 30): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`it did not happen within ${seconds} s: ${holds}`);
    await pause(50);
  }
}

/** Waits, ms. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Pids of the children of a process. */
export function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text
    .split(' ')
    .filter((part) => part !== '')
    .map(Number);
}

/** False when no process has that pid. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
