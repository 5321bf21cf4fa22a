import { spawnSync } from 'node:child_process';

/** A program that reads files of a proc file system. */
export interface BoundedRun {
  readonly program: string;
  readonly args: readonly string[];
  /** Where it runs. */
  readonly folder: string;
  /** ms after which it is killed: one of the files hangs. */
  readonly patience: number;
  /** What it finds on its standard input. */
  readonly input?: string;
}

/** What a program wrote. */
export interface Written {
  /** Its exit status. */
  readonly status: number;
  /** As a binary string: one character a byte. */
  readonly output: string;
  /** What it wrote on standard error. */
  readonly complaints: string;
}

/** So much is read of a host with a hundred thousand processes. */
const MOST_BYTES = 64 * 2 ** 20;

/**
 * Reads small files in a process that can be killed: one that waits for another's memory lock can't be stopped in any other way. A
 * tool of the system starts in 2 ms, where a second Node takes 30, and reads a file at half of Node's cost. Blocks for as long as
 * that takes.
 * @returns undefined when it did not come to its end: there is no such program, it was given too much, it hangs, it was killed.
 */
export function runBounded({ program, args, folder, patience, input }: BoundedRun): Written | undefined {
  const { error, status, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    // A byte is a character, whatever it is, and complaints are in English.
    env: { LC_ALL: 'C' },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(input === undefined ? {} : { input }),
    timeout: Math.ceil(patience),
    killSignal: 'SIGKILL',
    maxBuffer: MOST_BYTES,
    encoding: 'latin1',
  });
  return error === undefined && status !== null ? { status, output: stdout, complaints: stderr } : undefined;
}
