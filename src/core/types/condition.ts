import type { Beside, History } from '../trend/history.ts';
import type { Build } from '../trend/services.ts';
import type { Measure, Unit } from './measure.ts';
import type { Bounds, ExactReading, ProcessInfo, ProcessSample } from './process.ts';
import type { Snapshot } from './snapshot.ts';

/** What a condition found. */
export interface Verdict {
  readonly met: boolean;
  readonly value: number;
  readonly limit: number;
  /** The level by which it fires, where `limit` is the one that ends it. */
  readonly fires?: number;
  readonly unit: Unit;
  /** `value` is a bound that decides the question, and not a reading. */
  readonly rough?: boolean;
  /** One sentence: what was seen and why it counts. Asked for only when somebody reads it. */
  readonly because: () => string;
}

/** A figure that stands between a condition and its answer: its bounds lie on both sides of `limit`. */
export interface Doubt {
  readonly measure: Measure;
  /** Absent: the figure must be known exactly. */
  readonly limit?: number;
}

/** A bounded history of one target that a condition wants kept. One object, made once with the condition: it is the key under which the history is found again. */
export interface SeriesWant {
  /** How far back, ms. */
  readonly window: number;
  /** The figure to keep; undefined when it is not known in this snapshot: then nothing is kept. */
  readonly value: (target: TargetView) => number | undefined;
  /** A second figure kept beside it, to confirm the first (private memory, the group's sum). */
  readonly guard?: (target: TargetView) => number | undefined;
  /** `buckets` (default) keeps each bucket's minimum; `samples` keeps the last N values as they are. */
  readonly keep?: { readonly samples: number } | LevelsKept;
  /** A new reading of each member is wanted this often, ms; absent: the value comes from what was read for other reasons. */
  readonly every?: number;
  /** Nearly no target has it: no history is begun before the figure is known once. */
  readonly seldom?: boolean;
  /** What it is called when people are shown it; absent: they are not, as for what only confirms another. It is in bytes then. */
  readonly shows?: string;
  /** Bytes that the target must be able to hold before a history is kept of it: with less it can't come to anything. Absent: it always is. */
  readonly least?: number;
}

/** `value` is kept over minutes and weeks, with what confirms it and the load: `TargetView.history` gives it. */
export interface LevelsKept {
  /** Length of the finest buckets, ms. */
  readonly levels: number;
  /** Fills in what is seen besides the value; NaN where it is not known. */
  readonly beside: (target: TargetView, seen: Beside) => void;
  /** Which build a process runs, where runs of builds are to be compared: with another one of the oldest member, which has started the others, another run begins. Undefined when it is not known. */
  readonly build?: (process: ProcessInfo) => string | undefined;
}

/** A want of a long history. */
export type HistoryWant = SeriesWant & { readonly keep: LevelsKept };

/** The points of a series, oldest first. Read-only views into buffers that are reused: valid until the next snapshot. */
export interface SeriesView {
  readonly length: number;
  /** What a condition has reckoned from the points and need not reckon again: gone as soon as one comes or goes. The newest may have become lower since. */
  note?: unknown;
  /** Uptime of the i-th point, ms. */
  at(index: number): number;
  value(index: number): number;
  guard(index: number): number;
}

/** What a condition sees of one target: a process, or a group of them. */
export interface TargetView {
  /** Unique within the rule. */
  readonly key: string;
  /** For people; not yet escaped. */
  readonly name: string;
  readonly members: readonly ProcessSample[];
  readonly snapshot: Snapshot;
  /** True while the rule's alert for this target is firing: conditions use their `clear` level then. */
  readonly firing: boolean;
  /** The sum over the members, or the host's figure; undefined when it is not known at all. */
  measure(measure: Measure): Bounds | undefined;
  /** The same where it is known exactly; undefined where it is not. */
  known(measure: Measure): number | undefined;
  /** For histories, the last readings of all members added up, where none is older than `age` ms, unless nothing has changed since; undefined otherwise. Valid until the next call, of whatever target. */
  recent(age: number): ExactReading | undefined;
  /** The nearest real ceiling over all members, or the host's memory; infinite where neither is known. */
  ceiling(): number;
  /** What it may take yet, bytes: under the limits of its members, less what others use under them, and of what the host has available. */
  room(): number;
  series(want: SeriesWant): SeriesView;
  /** What is kept for a want with `levels`. */
  history(want: HistoryWant): History;
  /** Runs of the target's service that have ended, by build; only for a want that tells builds apart. */
  builds(want: HistoryWant): readonly Build[];
}

/** A question that is asked of every target at every snapshot. Pure: the same target gives the same answer. */
export interface Condition {
  /** Histories that must be kept; those of conditions inside this one are among them. */
  readonly wants: readonly SeriesWant[];
  /** It answers nothing of a target whose histories are not kept: nobody need ask. */
  readonly needsHistory?: boolean;
  /** Asked of the whole selection, once, even when no process matches it (count, absent). */
  readonly wholeSelection?: boolean;
  /** It asks for the processes' own resource limits. */
  readonly asksLimits?: boolean;
  /** Undefined: too little has been seen to tell. */
  test(target: TargetView): Verdict | undefined;
  /** What must be known more exactly for `test` to answer now; nothing where no reading would help. Absent: nothing ever. */
  doubts?(target: TargetView): readonly Doubt[];
  /** What makes `test` answer nothing although all that it needs is known (a division by zero), for people; undefined where nothing is wrong. Asked only where `test` has no answer. Absent: nothing ever. */
  fault?(target: TargetView): string | undefined;
}
