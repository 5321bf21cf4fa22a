import type { AlertEvent, Rule, Step } from '../types.ts';
import type { Mute } from './mute.ts';
import type { Silence } from './silence.ts';

/** A moment, on both clocks, ms. */
export interface Now {
  /** Unix time. */
  readonly time: number;
  readonly uptime: number;
}

/** Somebody has taken an alert upon himself: no reminders and no escalation until it resolves. */
export interface Acknowledgement {
  readonly author: string;
  readonly reason: string;
  /** Unix ms. */
  readonly time: number;
}

/** One alert that fires, or whose end is not yet told, as seen by those who are to be told. */
export interface Case {
  rule: Rule;
  /** That it fired, with the figures of its last reminder. */
  event: AlertEvent;
  /** Uptime at which it fired, ms. */
  readonly fired: number;
  /** Uptime at which it could be told first, ms. */
  openedAt?: number;
  /** Steps that have been taken, and the gathering through which, where there was one. */
  readonly told: Map<string, string | undefined>;
  /** It is time to remind. */
  reminder?: AlertEvent;
  /** It has ended, and that is not told yet. */
  over?: AlertEvent;
  /** Why it is being held. */
  mute?: Mute;
  /** Notifications that were held or dropped so far. */
  held: number;
  ack?: Acknowledgement;
  /** It is one of very many of its rule: nothing acts on it. */
  storm?: true;
  /** What is to act on it waits for the end of quiet hours, which is on record. */
  rests?: true;
}

/** Why something was not told, or not at once. */
export type HeldReason = Mute['kind'] | 'acknowledged' | 'storm' | 'quiet hours';

/** Who is told what, and when. Moved on in place, as the rules' memory is; all of it can be written down (saved.ts). */
export interface Desk {
  /** By alert. */
  readonly cases: Map<string, Case>;
  readonly silences: Map<string, Silence>;
  readonly gatherings: Map<string, Gathering>;
  /** Rules in a storm: uptime at which a target last joined it, ms. */
  readonly storms: Map<string, number>;
  /** What has been heard and not yet been dealt with. */
  inbox: { readonly event: AlertEvent; readonly rule: Rule }[];
}

/** An event for some steps of its rule. */
export interface Handing {
  readonly event: AlertEvent;
  readonly rule: Rule;
  readonly steps: readonly Step[];
}

/** A step that is not taken now. */
export interface Held {
  readonly event: AlertEvent;
  readonly step: Step;
  readonly kind: HeldReason;
  /** For people; not escaped. */
  readonly why: string;
}

/** What follows from looking at the desk. */
export interface Telling {
  /** What is due, in its order. */
  readonly hand: Handing[];
  /** What is not done now, and why: for the record. */
  readonly held: Held[];
  readonly ended: { readonly silence: Silence; readonly why: string }[];
}

/** What one receiver is told together: the alerts, and when the next message is due. */
export interface Gathering {
  rule: Rule;
  readonly key: string;
  /** Name of the step. */
  readonly step: string;
  /** Identity over all its messages. */
  readonly id: string;
  readonly storm: boolean;
  /** Uptime of the next message, ms; absent: there is nothing new. */
  due?: number;
  /** Uptime of the last message, ms. */
  flushed?: number;
  /** Grows with every change: what is kept is known by it. */
  changes: number;
  /** By alert. */
  readonly members: Map<string, Member>;
}

/** One alert in a gathering. */
export interface Member {
  readonly event: AlertEvent;
  readonly rule: Rule;
  /** That it fired has been told. */
  readonly announced: boolean;
}
