import type { TimeWindow } from '../telling/window.ts';
import type { Recipient } from './action.ts';
import type { AlertEvent, AlertKind, Mode, Severity } from './alert.ts';
import type { Condition } from './condition.ts';
import type { GroupBy } from './measure.ts';
import type { ParentLookup, ProcessInfo } from './process.ts';

/** Which processes a rule looks at. */
export interface Selector {
  /** Whatever depends on the process alone: the answer is kept as long as `process` is the same object. */
  matches(process: ProcessInfo, parents: ParentLookup): boolean;
  /** True when the answer depends on other processes (`parent`): it is asked anew at every snapshot then. */
  readonly changing: boolean;
  /** The top of the tree that the process belongs to, with `parent`. */
  root?(process: ProcessInfo, parents: ParentLookup): ProcessInfo | undefined;
  /** Bounds of the age in ms, asked anew at every snapshot. */
  readonly age?: { readonly above?: number; readonly below?: number };
  /** For people: what was selected, as written. */
  readonly text: string;
}

/** A rule, ready to be judged. */
export interface Rule {
  readonly name: string;
  /** Identity over reloads: name, selection, grouping and condition. While it stands, alerts and histories live on. */
  readonly key: string;
  readonly summary?: string;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly select: Selector;
  readonly by: GroupBy;
  readonly when: Condition;
  /** Must hold this long before it fires, ms. */
  readonly for: number;
  /** Must be clear this long before it resolves, ms. */
  readonly keep: number;
  /** Remind this often while firing, ms; 0 is never. */
  readonly repeat: number;
  readonly noData: 'keep' | 'clear' | 'fire';
  readonly mode: Mode;
  readonly message: MessageTemplate;
  /** What `then` says, in its order, and then what `escalate` says. */
  readonly steps: readonly Step[];
  /** Told, and acted upon, only within one of these; absent: always. */
  readonly during?: readonly TimeWindow[];
  /** Never within one of these. */
  readonly except?: readonly TimeWindow[];
  /** Names of rules: while one of them fires for the same target, unit or host, this one is held. */
  readonly inhibitedBy?: readonly string[];
  readonly group?: Grouping;
  /** More targets than this that fire at once are told as one, and not acted upon. */
  readonly storm?: number;
}

/** What is told together. */
export interface Grouping {
  /** `rule`, `unit`, `host`, or the name of a label: alerts that have these in common. */
  readonly by: readonly string[];
  /** How long the first of a group waits for company, ms. */
  readonly wait: number;
  /** From one message about a group to the next, ms. */
  readonly interval: number;
}

/** Fills in a message for an event. */
export type MessageTemplate = (event: Omit<AlertEvent, 'message'>) => string;

/** One entry of `then`: an action and when it is due. */
export interface Step extends Recipient {
  /** Whose runs `atMost` counts: those of a named action over all rules, those of any other over its rule. */
  readonly countedAs: string;
  readonly on: readonly AlertKind[];
  /** Only when it has been firing this long, ms; for an escalation, this long after it was first told. */
  readonly after: number;
  /** A louder step (`escalate`): not taken once somebody has acknowledged the alert. */
  readonly escalation?: true;
  /** At most `times` runs in each `per` ms, over all targets of the action; absent: no limit. */
  readonly atMost?: { readonly times: number; readonly per: number };
}
