import type { AlertEvent, Severity } from './alert.ts';
import type { GroupBy, Measure, Unit } from './measure.ts';

/** Something happened to psstop itself. */
export interface Notice {
  readonly type: 'notice';
  readonly kind:
    | 'started'
    | 'rules-loaded'
    | 'rules-rejected'
    | 'rules-warning'
    | 'rules-watch'
    | 'rule-failed'
    | 'coverage'
    | 'reader'
    | 'delivery-retried'
    | 'receiver'
    | 'outbox'
    | 'handed-over'
    | 'taken-up'
    | 'sink-failed'
    | 'silence'
    | 'control'
    | 'overrun'
    | 'state'
    | 'stopped';
  readonly severity: Severity;
  readonly time: number;
  readonly message: string;
  readonly details?: unknown;
}

export type Event = AlertEvent | Notice;

/** A target whose rule can't be answered, because what it depends on was not read: reading it was not allowed, or not possible. */
export interface Undecided {
  readonly rule: string;
  readonly severity: Severity;
  /** For people; not yet escaped. */
  readonly target: string;
  /** Uptime of the first snapshot without an answer, ms. */
  readonly since: number;
  /** The figures in question. */
  readonly open: readonly OpenFigure[];
}

/** An alert that is pending or firing. */
export interface ActiveAlert {
  readonly rule: string;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly by: GroupBy;
  /** For people; not yet escaped. */
  readonly target: string;
  /** False: it is pending. */
  readonly firing: boolean;
  /** Names the alert. */
  readonly alert: string;
  /** Unix ms at which it fired, or became pending before that. */
  readonly since: number;
  /** What was found last; absent where nothing was, as before the first snapshot. */
  readonly found?: Pick<AlertEvent, 'value' | 'limit' | 'ends' | 'unit' | 'rough'>;
}

/** A figure that is known by its bounds alone, in `unit`. */
export interface OpenFigure {
  readonly measure: Measure;
  readonly unit: Unit;
  readonly atLeast: number;
  /** Absent: nothing is known of it. */
  readonly atMost?: number;
  /** What it is compared with; absent: it must be known exactly. */
  readonly limit?: number;
}
