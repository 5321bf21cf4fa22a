import type { AlertEvent, Bounds, Measure, ProcessSample, Unit } from './types.ts';

/**
 * The default export of a module that an action `script` runs. What it returns goes into the record; what it throws too, and
 * then it failed.
 */
export type ScriptAction = (
  event: AlertEvent,
  context: ScriptActionContext,
) => string | undefined | Promise<string | undefined> | Promise<void> | void;

/** What such a module is given besides the event. */
export interface ScriptActionContext {
  /** What the rule says under `with`. */
  readonly with: unknown;
  /** Aborted when its time is up: a second later it is ended. */
  readonly signal: AbortSignal;
  /** To be thrown when it is to be run again later, `after` ms from now at the earliest. */
  retry(reason: string, after?: number): Error;
  /** To be thrown when there is nothing to do. */
  skip(reason: string): Error;
}

/**
 * The default export of a module that a condition `script` asks. Undefined: it can't tell. It is asked of every target at every
 * snapshot, and the daemon waits for it.
 */
export type ScriptCondition = (
  target: ScriptTarget,
  context: { readonly with: unknown },
) => ScriptAnswer | undefined | Promise<ScriptAnswer | undefined>;

/** Whether the condition holds, alone or with what was seen. */
export type ScriptAnswer =
  | boolean
  | {
      readonly met: boolean;
      readonly value?: number;
      readonly limit?: number;
      /** Of both; `count` when not given. */
      readonly unit?: Unit;
      /** One sentence. */
      readonly because?: string;
    };

/** A target in one snapshot, as plain data. */
export interface ScriptTarget {
  /** Unique within the rule: a module that remembers does so by it. */
  readonly key: string;
  readonly name: string;
  /** Its alert is firing. */
  readonly firing: boolean;
  readonly host: string;
  /** Unix ms, and ms since boot. */
  readonly time: number;
  readonly uptime: number;
  /** Each measure that anything is known of; known exactly where low and high are equal, as those under `needs` are. */
  readonly measures: Readonly<Partial<Record<Measure, Bounds>>>;
  /** The nearest ceiling, bytes. */
  readonly ceiling: number;
  readonly processes: readonly ProcessSample[];
}
