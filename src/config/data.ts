import type { Problem } from '../core/errors.ts';
import type { AlertKind, GroupBy, Notice, Rule, Severity } from '../core/types.ts';
import type { Path } from './place.ts';

/**
 * What the loader hands to the daemon: plain data, checked, as the user wrote it. Variables and secrets are not filled
 * in, so that it can be shown, logged and compared; compile.ts fills them in where they are used.
 */
export interface LoadedData {
  /** psstop.yaml, or an empty object where there is none. */
  readonly config: ConfigData;
  readonly configFile?: string;
  /** For somebody who sends nothing: actions and sinks are made without what they lack of variables, and without secrets. */
  readonly unsent?: boolean;
  readonly rules: readonly Entry<RuleData>[];
  readonly actions: readonly Entry<StepData>[];
  /** What is right and yet hardly what was meant, in the order of the files. */
  readonly warnings: readonly Problem[];
  /** Files that were read. */
  readonly files: readonly string[];
  /** SHA-256 of what was read, by file: a watch tells by it whether something changed meanwhile. */
  readonly digests: Digests;
  /** The configuration file and the files and folders named for the rules: what is to be watched. */
  readonly watch: readonly string[];
}

/** SHA-256 of contents in base64, by file. */
export type Digests = Readonly<Record<string, string>>;

/** A named part of a file and where it stands. */
export interface Entry<T> {
  readonly name: string;
  readonly data: T;
  readonly file: string;
  readonly path: Path;
}

/** psstop.yaml. */
export interface ConfigData {
  readonly interval?: string;
  readonly reading?: {
    readonly exact?: 'as-needed' | 'always';
    readonly 'per-process'?: string;
    readonly 'per-host'?: string;
  };
  readonly heartbeat?: string;
  readonly limits?: { readonly restarts?: string; readonly quiet?: WindowData | readonly WindowData[] };
  readonly proc?: string;
  readonly cgroup?: string;
  readonly rules?: string | readonly string[];
  readonly state?: string;
  readonly history?: 'off' | { readonly keep?: string; readonly size?: string };
  readonly plugins?: string;
  readonly actions?: Readonly<Record<string, StepData>>;
  readonly defaults?: Readonly<Record<string, Options>>;
  readonly on?: readonly OnData[];
  readonly sinks?: readonly (string | Readonly<Record<string, Options | null>>)[];
}

/** Who is told of what happens to psstop itself. */
export interface OnData {
  readonly notice?: readonly Notice['kind'][];
  readonly severity?: Severity;
  readonly then: readonly StepData[];
}

/** One rule as written. */
export interface RuleData {
  readonly name: string;
  readonly summary?: string;
  readonly enabled?: boolean;
  readonly mode?: Rule['mode'];
  readonly severity?: Severity;
  readonly labels?: Readonly<Record<string, string>>;
  readonly select?: string | SelectData;
  readonly by?: GroupBy;
  readonly when: Readonly<Record<string, unknown>>;
  readonly for?: string;
  readonly keep?: string;
  readonly repeat?: string;
  readonly 'no-data'?: Rule['noData'];
  readonly message?: string;
  readonly then?: readonly StepData[];
  readonly during?: WindowData | readonly WindowData[];
  readonly except?: WindowData | readonly WindowData[];
  readonly 'inhibited-by'?: OneOrMany<string>;
  readonly group?: { readonly by?: OneOrMany<string>; readonly wait?: string; readonly interval?: string };
  readonly escalate?: readonly { readonly after: string; readonly then: readonly StepData[] }[];
  readonly storm?: number;
}

/** A time window as written. */
export interface WindowData {
  readonly days?: OneOrMany<string>;
  readonly from?: string;
  readonly to?: string;
  readonly zone?: string;
}

/** A selection as written. */
export interface SelectData {
  readonly name?: OneOrMany<string>;
  readonly exe?: OneOrMany<string>;
  readonly cmdline?: OneOrMany<string>;
  readonly user?: OneOrMany<string>;
  readonly unit?: OneOrMany<string>;
  readonly cgroup?: OneOrMany<string>;
  readonly container?: OneOrMany<string>;
  readonly pid?: OneOrMany<number>;
  readonly parent?: OneOrMany<string>;
  readonly age?: { readonly above?: string; readonly below?: string };
  readonly not?: SelectData;
}

type OneOrMany<T> = T | readonly T[];

/** An action as it stands in `then` or under `actions`: its name alone, or its name and its options. */
export type StepData = string | Readonly<Record<string, Options | null>>;

/** Options of an action or sink, before variables and secrets are filled in. */
export type Options = Readonly<Record<string, unknown>>;

/** The keys that every action takes besides its own. */
export interface TimingData {
  readonly on?: readonly AlertKind[];
  readonly after?: string;
  readonly 'at-most'?: string;
  readonly fallback?: string;
}
