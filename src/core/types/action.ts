import type { AlertEvent, AlertKind } from './alert.ts';
import type { ProcessSample } from './process.ts';
import type { Snapshot } from './snapshot.ts';

/** What became of handing one event to one action. */
export interface Delivery {
  readonly type: 'delivery';
  readonly event: string;
  readonly action: string;
  readonly rule: string;
  readonly target: string;
  readonly kind: AlertKind;
  readonly attempts: number;
  /** It acts on the target: `restart`, `signal`. Absent where it tells somebody. */
  readonly acts?: boolean;
  /** `skipped`: a limit or a dry run, see `reason`; `failed`: given up. */
  readonly outcome: 'done' | 'skipped' | 'failed';
  /** What the receiver answered, or why it was skipped or failed. */
  readonly reason: string;
  readonly time: number;
  /** Wall time of all attempts, ms. */
  readonly took: number;
}

/** Does one thing about an event. Throws `Retry` to be called again, `Skip` when there is nothing to do; anything else it throws is final. */
export interface Action {
  /** @param post how its parts tell of what came of it; absent where nobody keeps messages. @returns one line of what was done, for the record. */
  run(event: AlertEvent, signal: AbortSignal, post?: Post): Promise<string>;
  /** How long one attempt may take, ms. */
  readonly timeout: number;
  /** Acts on a target rather than telling somebody: never runs twice at once for one target. */
  readonly exclusive?: boolean;
  /** Not repeated when no answer came in time: it may have been done. */
  readonly once?: boolean;
  /** Tells several alerts in one message (`event.bundle`). Absent: it is handed each of them on its own, unless there is a storm. */
  readonly gathers?: boolean;
  /** What it acts on, where that is not the event's own target: two actions on one place never run at once. */
  readonly place?: string;
  /** What an act is counted for; absent: the event's own `lineageOf`. */
  lineage?(event: AlertEvent): string;
  /** Told that a limit stops it for good: whoever is to do it by hand is told. @returns what was done. */
  handOver?(event: AlertEvent, why: string, post: Post): string;
  /** The parts for which it posts messages; whoever runs it closes them when nothing is on its way any more. */
  readonly tells?: readonly Part[];
  /** Set where it acts on the target's own processes, of which a rule `by: host` has none: what to write instead. */
  readonly insteadByHost?: string;
  /** Hears of an alert that is pending, long before it is run for it: may note how the target is now. What it throws is not told. */
  foresee?(event: AlertEvent, signal: AbortSignal): Promise<void>;
  /** Hears of an alert that was told it before psstop was started anew, and that is not over: it may have to go on about it. */
  resume?(event: AlertEvent): void;
  /** Opens its file again (SIGUSR1). */
  reopen?(): void;
  close?(): void | Promise<void>;
}

/** What lets an action see what it brought about. */
export interface Ward {
  /** The last snapshot; undefined before the first. */
  last(): Snapshot | undefined;
  /** Waits for the next one. @throws what the signal is aborted with. */
  next(signal: AbortSignal): Promise<Snapshot>;
  /** Reads what processes hold now, PSS and SwapPss together, in bytes. @returns undefined where none can be read. */
  weigh(members: readonly ProcessSample[]): Promise<number | undefined>;
}

/** Where the evidence is that was kept for alerts. */
export interface Evidence {
  /** Takes note that a file was kept. @param alert its name. */
  note(alert: string, file: string): void;
  /** The event with what is known by now; the same one where that is nothing. */
  fill(event: AlertEvent): AlertEvent;
}

/** Who or what is handed an event, and who takes over when that can't be done. */
export interface Recipient {
  /** Name under `actions:`, or the plugin's name where the action stands in the rule itself. */
  readonly name: string;
  readonly action: Action;
  /** Gets what the action failed to do for good, and what it could not do for too long. */
  readonly fallback?: Recipient;
}

/** An action that another one runs on its way, under the name that the user gave it. */
export interface Part extends Recipient {
  /** What for: the option that lists it. */
  readonly role?: string;
  /** It hears of the alert's end as well, where it was posted anything. */
  readonly hearsEnd?: true;
}

/** Writes down what a part is to tell. It is sent as surely as any message, also when the action is long over. */
export type Post = (part: Part, event: AlertEvent) => void;
