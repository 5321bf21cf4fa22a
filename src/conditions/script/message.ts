import type { ScriptTarget } from '../../core/script.ts';

/** What the thread is started with: the port that questions come through, and a counter that goes up with each answer. */
export interface Start {
  readonly port: import('node:worker_threads').MessagePort;
  readonly answers: Int32Array;
  /** It ends by itself when it has not been asked for so long, ms. */
  readonly idle: number;
}

/** What a module is asked. */
export interface Question {
  readonly url: string;
  readonly options: unknown;
  readonly target: ScriptTarget;
}

/** What it says, or what it threw. */
export type Reply = { readonly answer: unknown } | { readonly error: string };
