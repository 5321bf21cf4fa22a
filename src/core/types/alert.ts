import type { GroupBy, Unit } from './measure.ts';

/** How bad it is, the least first. */
export type Severity = 'info' | 'warning' | 'critical';

/** `dry-run`: judged and shown, actions only said. `shadow`: judged and counted, nothing told. */
export type Mode = 'active' | 'shadow' | 'dry-run';

/** `cancelled`: it was pending and never fired. */
export type AlertKind = 'pending' | 'cancelled' | 'fired' | 'reminded' | 'resolved';

/** Why an alert ended. `cleared`: the condition no longer holds; `exited`: the target is gone, and for 10 s no other has come; `restarted`: another process has its place; `rule removed`: no rule of that name is in force any more; `rule changed`: it looks for something else now, or elsewhere; `unreadable`: it can't be read any more, and the rule takes that as clear. */
export type ResolveReason = 'cleared' | 'exited' | 'restarted' | 'rule removed' | 'rule changed' | 'unreadable';

/** Where an alert stands. */
export interface AlertState {
  readonly phase: 'idle' | 'pending' | 'firing' | 'clearing';
  /** Uptime at which this phase began. */
  readonly since: number;
  /** Unix ms at which the condition began to hold: it names the alert. 0 when idle. */
  readonly begun: number;
  /** Unix ms at which it fired; 0 before. */
  readonly fired: number;
  /** Uptime at which somebody was last told. */
  readonly toldAt: number;
  /** Uptime of the first snapshot without the target, while it is away and may come back; 0 while it is there. */
  readonly away: number;
  /** Names the alert for good, whatever becomes of host name and boot meanwhile; empty when idle. */
  readonly id: string;
  /** Whoever started after this, ms after boot, came after the alert was last told. */
  readonly seen: number;
}

/** A process as it stands in an event. */
export interface EventProcess {
  readonly pid: number;
  readonly start: number;
  readonly name: string;
  /** As it was read last. */
  readonly pss?: number;
  /** How old that reading is, ms; absent: it was made for this event. */
  readonly age?: number;
}

/** What an event is about. */
export interface EventTarget {
  readonly key: string;
  readonly by: GroupBy;
  readonly name: string;
  readonly unit?: string;
  readonly container?: string;
  readonly user?: string;
  readonly exe?: string;
  /** How many processes it has; `processes` holds the biggest few. */
  readonly count: number;
  readonly processes: readonly EventProcess[];
}

/** Something happened to an alert. Plain data: it can be written as JSON and read back. */
export interface AlertEvent {
  readonly type: 'alert';
  /** The same for all events of one alert, from pending to resolved. */
  readonly alert: string;
  /** Unique and stable: a receiver may drop what it has seen. */
  readonly id: string;
  readonly kind: AlertKind;
  readonly reason?: ResolveReason;
  readonly rule: string;
  readonly summary?: string;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly mode: Mode;
  readonly host: string;
  readonly target: EventTarget;
  readonly value: number;
  /** `value` is only a bound that decided: reading the processes was not allowed, or not possible. */
  readonly rough?: boolean;
  /** The level by which it fires. */
  readonly limit: number;
  /** The level that ends it, with which `value` was compared as it fires; absent: with `limit`. */
  readonly ends?: number;
  readonly unit: Unit;
  readonly because: string;
  readonly message: string;
  /** Unix ms of the event, and of the moment it fired (of becoming pending, before it fires). */
  readonly time: number;
  readonly since: number;
  readonly uptime: number;
  /** What is told together: this event speaks for all of them, and `alert` names their bundle. Absent: it speaks for itself. */
  readonly bundle?: Bundle;
  /** How the value went in the last hours; only with `fired`, `reminded` and `resolved`, and where enough is known. */
  readonly curve?: Curve;
  /** Paths of files that `capture` has kept for this alert so far: the first, and the last few. */
  readonly evidence?: readonly string[];
}

/** A figure over time, at even steps. A value is `scale` times what stands in `values`: small numbers are kept in little room. */
export interface Curve {
  /** What it is, where that is not the value of the alert itself: `pss`. */
  readonly of?: string;
  readonly unit: Unit;
  /** Unix ms of the first value, and ms from one to the next. */
  readonly from: number;
  readonly every: number;
  readonly scale: number;
  /** Oldest first, at most 64; null where nothing is known. */
  readonly values: readonly (number | null)[];
}

/** Events of several alerts that are told in one message. */
export interface Bundle {
  /** The worst first; at most 50. */
  readonly alerts: readonly AlertEvent[];
  /** How many there are. */
  readonly count: number;
  /** How many of them are firing. */
  readonly firing: number;
  /** One rule fired for very many targets at once. */
  readonly storm?: true;
}
