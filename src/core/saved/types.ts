import type { SavedTrack } from '../curve.ts';
import type { SavedHistories } from '../histories.ts';
import type { SavedServices } from '../trend/services.ts';
import type { AlertKind, AlertState, ProcessInfo, Rule, Unit } from '../types.ts';

/** What judging carries from one snapshot to the next besides alerts and histories. */
export interface SavedClock {
  readonly boot: string;
  /** Of the last snapshot, ms. */
  readonly uptime: number;
  readonly interval: number;
  readonly undecided: number;
}

/** An alert that is not idle, with what is needed to tell its end. Plain data: it can be written as JSON and read back. */
export interface SavedAlert {
  readonly rule: SavedRule;
  readonly target: string;
  readonly name: string;
  readonly alert: AlertState;
  readonly youngest: number;
  readonly verdict?: SavedVerdict;
  readonly members: readonly SavedMember[];
  /** How its value has gone, where no history shows that. */
  readonly track?: SavedTrack;
}

/** What is told of a rule, in case it is gone when its alert ends. */
export interface SavedRule extends Pick<Rule, 'name' | 'key' | 'severity' | 'labels' | 'by' | 'mode'> {
  readonly summary?: string;
  readonly steps: readonly { readonly name: string; readonly countedAs: string; readonly on: readonly AlertKind[] }[];
}

/** What a condition found last. */
export interface SavedVerdict {
  readonly met: boolean;
  readonly value: number;
  readonly limit: number;
  readonly fires?: number;
  readonly unit: Unit;
  readonly rough?: boolean;
  readonly because: string;
}

/** A process of a target, by which it is known again. */
export interface SavedMember {
  readonly process: ProcessInfo;
  readonly rss: number;
  /** Its last reading, bytes; when that was, uptime in ms; and whether it was made for the last snapshot. */
  readonly read?: { readonly pss: number; readonly at: number; readonly exact: boolean };
}

/** The histories of one target. Structured data: it holds typed arrays. */
export interface SavedTarget {
  /** Key of the rule. */
  readonly rule: string;
  readonly target: string;
  readonly name: string;
  readonly youngest: number;
  readonly histories: SavedHistories;
}

/** All that survives an end of the program. */
export interface SavedMemory {
  readonly clock: SavedClock;
  readonly alerts: readonly SavedAlert[];
  readonly targets: Iterable<SavedTarget>;
  /** Runs of builds that have ended. */
  readonly services: SavedServices;
}

/** Where it is kept meanwhile. Whatever it can't do it throws, and nothing of the call is kept then. */
export interface StateStore {
  /** What was kept; undefined where nothing ever was. */
  load(): SavedMemory | undefined;
  /** Keeps all of a change or nothing of it. `work` writes elsewhere in the same store, as a part of it. */
  save(change: StateChange, work: () => void): void;
}

/** What is to be kept, and what may be forgotten. */
export interface StateChange {
  readonly clock: SavedClock;
  readonly alerts?: readonly SavedAlert[];
  readonly ended?: readonly Place[];
  readonly targets?: readonly SavedTarget[];
  readonly gone?: readonly Place[];
  readonly services?: SavedServices;
  /** It must outlive a power failure from now on, not only the end of the program. */
  readonly urgent: boolean;
}

/** A target of a rule, by their keys. */
export interface Place {
  readonly rule: string;
  readonly target: string;
}
