import type { Courses } from '../course.ts';
import type { DeliveryTally } from '../outbox/standing.ts';
import type { Action, Evidence, Part, Ward } from './action.ts';
import type { AlertKind } from './alert.ts';
import type { Condition } from './condition.ts';
import type { ActiveAlert, Notice, Undecided } from './notice.ts';
import type { Sink } from './sink.ts';

/** A JSON Schema (2020-12) as data. */
export type JsonSchema = { readonly [key: string]: unknown };

/** What every file in conditions/, actions/ and sinks/ exports by default. The file's name is the plugin's name. */
export interface Plugin<T, C> {
  /** One line for help and schema. */
  readonly summary: string;
  /** Options as a user would write them; validated and created by the contract test. */
  readonly example: unknown;
  /** Schema of the options. May refer to `#/$defs/NAME` of config/definitions. */
  readonly schema: JsonSchema;
  /** Heavy libraries are imported in here, so that nobody pays for what no rule uses. Throws `OptionError` when the options make no sense. */
  create(options: never, context: C): T | Promise<T>;
}

/** What a condition may ask for while it is made. */
export interface ConditionContext {
  /** From one snapshot to the next, ms; 0 where that is not known. */
  readonly interval: number;
  /** Says what is doubtful, but not wrong, about the options: the loader adds file, line and column. */
  warn(path: readonly (string | number)[], message: string): void;
  /** Makes a condition that stands inside this one; `path` leads to it from this one's options. */
  condition(data: unknown, path: readonly (string | number)[]): Promise<Condition>;
}

/** What an action may ask for while it is made. */
export interface ActionContext {
  readonly host: string;
  readonly version: string;
  /** Root of the proc file system. */
  readonly proc: string;
  /** True when every event already goes to standard output, as lines or as a view: a log to stdout would say it twice. */
  readonly console: boolean;
  /** False while rules are only checked: nothing may be opened, connected or started then. */
  readonly live: boolean;
  /** Absent where nothing is watched. */
  readonly ward?: Ward;
  /** What was done before, by whichever rule; absent where nothing is kept. */
  readonly courses?: Courses;
  /** Folder of the state, absolute; absent where none is kept. */
  readonly state?: string;
  /** Where what is captured is noted, for those who are told later. */
  readonly evidence?: Evidence;
  /** Makes an action that is a part of this one, which opens and closes it with itself; `path` leads to it from this one's options. Absent for a part. */
  part?(data: unknown, path: readonly (string | number)[]): Promise<Part>;
  /** Hears what is right and yet hardly meant, at a path in the options: a program that is not there. Absent where nobody would read it. */
  warn?(path: readonly (string | number)[], message: string): void;
}

/** What a sink may ask for while it is made. */
export interface SinkContext {
  readonly host: string;
  readonly version: string;
  readonly live: boolean;
  /** Folder in which a sink may keep what must outlive the program; absent where nothing is kept. */
  readonly state?: string;
  /** What the rules could not decide in the last snapshot; absent where nothing is judged. */
  readonly undecided?: () => readonly Undecided[];
  /** What is pending or firing after the last snapshot; absent where nothing is judged. */
  readonly alerts?: () => readonly ActiveAlert[];
  /** How deliveries stand; absent where nothing is delivered. */
  readonly deliveries?: () => DeliveryTally;
  /** Reports trouble that is not an exception: a peer that is away, data dropped. */
  notice(notice: Pick<Notice, 'kind' | 'severity' | 'message'>): void;
}

export type ConditionPlugin = Plugin<Condition, ConditionContext> & {
  /** It runs code of the user's: whoever may write a rule with it can do what psstop can do. */
  readonly acts?: true;
};

export type ActionPlugin = Plugin<Action, ActionContext> & {
  /** Kinds of events it is run for when the rule does not say. */
  readonly on: readonly AlertKind[];
  /** It runs, ends or restarts something: whoever may write a rule with it can do what psstop can do. */
  readonly acts?: true;
};

export type SinkPlugin = Plugin<Sink, SinkContext>;
