import type { Writable } from 'node:stream';

/** Everything a command may touch outside itself. Made once in main.ts, so that tests can give their own. */
export interface World {
  readonly stdout: NodeJS.WriteStream & { readonly fd: number };
  readonly stderr: Writable;
  readonly stdin: NodeJS.ReadStream;
  /** A command may take variables out that its children must not see. */
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  /** Calls back at a signal until the returned function is called. */
  onSignal(signal: NodeJS.Signals, handle: () => void): () => void;
}

/** The command line is wrong. Exit code 2. */
export class UsageError extends Error {}

/** Something outside psstop stands in the way: a file that can't be written. Exit code 1, or another. */
export class Failure extends Error {
  readonly code: number;

  constructor(message: string, code = 1) {
    super(message);
    this.code = code;
  }
}
