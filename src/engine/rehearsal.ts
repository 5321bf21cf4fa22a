import { whyMuted } from '../core/delivery.ts';
import { comeUp, emptyDesk, hear, letGo } from '../core/telling/desk.ts';
import { nextDue } from '../core/telling/due.ts';
import type { Desk, Now, Telling } from '../core/telling/nouns.ts';
import { settle } from '../core/telling/settle.ts';
import type { TimeWindow } from '../core/telling/window.ts';
import type { AlertEvent, Delivery, Rule, Snapshot, Step } from '../core/types.ts';
import { isDue } from './due.ts';
import { createLimits, type HostLimits, type Limits } from './limit.ts';

/** The desk is not looked at more often than this, ms: as a running daemon does. */
const SOONEST = 50;

/** Steps that would be taken now, together. */
export interface Would {
  readonly event: AlertEvent;
  readonly steps: readonly Step[];
  /** Unix ms, by the clock of what is played. */
  readonly time: number;
}

/** What a rehearsal needs. */
export interface RehearsalOptions {
  /** Takes what would be done. */
  would(would: Would): void;
  /** Takes the record of what would not be done, and why. */
  refused(delivery: Delivery): void;
  readonly limits?: Omit<HostLimits, 'now'>;
  readonly quiet?: readonly TimeWindow[];
}

/**
 * Says what would have been told and done, when, and does nothing: by the same desk and limits as a running daemon, by the time
 * of the snapshots. What an act would have brought about nobody knows: each is taken to be over at once.
 */
export class Rehearsal {
  readonly #options: RehearsalOptions;
  readonly #desk: Desk = emptyDesk();
  readonly #limits: Limits;
  /** Who would have been told that an alert fired. */
  readonly #told = new Set<string>();
  /** What the snapshot under way has brought. */
  #heard: { readonly event: AlertEvent; readonly rule: Rule }[] = [];
  #now: Now = { time: 0, uptime: 0 };

  constructor(options: RehearsalOptions) {
    this.#options = options;
    this.#limits = createLimits({ ...options.limits, now: () => this.#now.uptime });
  }

  /** Takes an event of the snapshot under way. */
  hear(event: AlertEvent, rule: Rule): void {
    this.#heard.push({ event, rule });
  }

  /** A snapshot is over. What was due between the last one and this comes first, at its own time. */
  finish({ time, uptime }: Pick<Snapshot, 'time' | 'uptime'>): void {
    this.#passTo(uptime);
    this.#now = { time, uptime };
    for (const { event, rule } of this.#heard.splice(0)) hear(this.#desk, event, rule);
    this.#settle();
  }

  /** Nothing more comes: what waits for company is told. */
  end(): void {
    letGo(this.#desk);
    this.#settle();
  }

  #passTo(uptime: number): void {
    if (uptime < this.#now.uptime) {
      this.end();
      comeUp(this.#desk);
    }
    for (let due = nextDue(this.#desk); due !== undefined && due < uptime; due = nextDue(this.#desk)) {
      const pause = Math.max(due - this.#now.uptime, SOONEST);
      if (this.#now.uptime + pause >= uptime) return;
      this.#now = { time: this.#now.time + pause, uptime: this.#now.uptime + pause };
      this.#settle();
    }
  }

  #settle(): void {
    this.#tell(settle(this.#desk, this.#now, this.#options.quiet));
  }

  #tell({ hand, held }: Telling): void {
    for (const { event, step, why } of held) this.#refuse(event, step, why);
    for (const { event, steps } of hand) {
      const taken = steps.filter((step) => this.#takes(step, event));
      if (taken.length > 0) this.#options.would({ event, steps: taken, time: this.#now.time });
    }
  }

  /** As the dispatcher decides it, with receivers that answer and acts that are over at once. */
  #takes(step: Step, event: AlertEvent): boolean {
    const { alert, kind, rule } = event;
    const key = [alert, rule, step.name].join('\n');
    const due = isDue(step, kind, this.#told.has(key));
    if (kind === 'resolved' || kind === 'cancelled') this.#told.delete(key);
    if (!due) return false;
    const why = whyMuted(event, false) ?? this.#limits.claim(step, event)?.reason;
    if (why !== undefined) {
      this.#refuse(event, step, why);
      return false;
    }
    this.#limits.release(step, event, 'done');
    if (kind === 'fired' || kind === 'pending') this.#told.add(key);
    return true;
  }

  #refuse({ id, rule, target, kind }: AlertEvent, { name, action }: Step, reason: string): void {
    const names = { event: id, action: name, rule, target: target.name, kind };
    const acts = action.exclusive && { acts: true };
    const { time } = this.#now;
    this.#options.refused({
      type: 'delivery',
      ...names,
      ...acts,
      attempts: 0,
      outcome: 'skipped',
      reason,
      took: 0,
      time,
    });
  }
}
