import { type Refusal, whyMuted } from '../core/delivery.ts';
import type { DeliveryTally, WaitingMessage } from '../core/outbox/standing.ts';
import { stepsFor } from '../core/recipients.ts';
import type { AlertEvent, Rule, Step } from '../core/types.ts';
import { Acts } from './acts.ts';
import { attempt, type Outcome } from './attempt.ts';
import { createChains } from './chain.ts';
import { Doings } from './doings.ts';
import { isDue } from './due.ts';
import { createLimits, type Limits } from './limit.ts';
import type { DispatchOptions } from './options.ts';
import { laneOf } from './outbox/book.ts';
import { NO_ROOM, Outbox } from './outbox/outbox.ts';
import { goOn, resumeAll } from './outbox/resume.ts';
import type { Sending } from './outbox/sending.ts';
import { NO_STORE, type SteadyStore, steady } from './outbox/steady.ts';
import { Tally } from './outbox/tally.ts';
import { Waits } from './waits.ts';
import { Workers } from './workers.ts';

/** A step waits this long, ms, for the first attempt of the one before it: in order while all is well, held up by none that hangs. */
const PATIENCE = 2_000;

/** Carries events to the actions of their rules: due, mute, limit, write down, attempt, record. A class, as it holds timers and actions. */
export class Dispatcher {
  readonly #options: DispatchOptions;
  readonly #tally: Tally;
  readonly #store: SteadyStore;
  readonly #outbox: Outbox;
  readonly #workers: Workers;
  readonly #limits: Limits;
  readonly #lanes = createChains();
  readonly #acts: Acts;
  readonly #doings = new Doings();
  readonly #waits = new Waits();
  readonly #stop = new AbortController();

  constructor(options: DispatchOptions) {
    this.#options = options;
    const { bus, pace, room, store = NO_STORE, runs, evidence } = options;
    this.#tally = new Tally(bus);
    this.#limits = createLimits(options.limits, {
      ...(runs && { store: runs }),
      report: (failing, reason) => this.#tally.runsFailing(failing, reason),
    });
    this.#store = steady(store, (failing, reason) => {
      this.#tally.storeFailing(failing, reason);
      if (!failing) queueMicrotask(() => this.keepAgain());
    });
    this.#outbox = new Outbox({
      store: this.#store,
      ...(pace && { pace }),
      ...(room && { room }),
      attempt: ({ event, to }) =>
        attempt({ action: to.action, event: evidence?.fill(event) ?? event, stop: this.#stop.signal }),
      wrote: (sending) => {
        this.#workers.hold(sending.to.action);
        this.#waits.open(sending);
      },
      over: (sending, outcome) => this.#over(sending, outcome),
      retried: (sending) => this.#retried(sending),
      changed: (to, down, reason) => this.#tally.receiver(to.name, down, reason),
    });
    this.#workers = new Workers((action) => this.#outbox.forget(action));
    this.#acts = new Acts({
      ...{ outbox: this.#outbox, limits: this.#limits, workers: this.#workers, stop: this.#stop.signal },
      ...(pace && { pace }),
      ...(options.confirm && { confirm: options.confirm }),
      began: (sending) => this.#doings.began(sending, Date.now()),
      retried: (sending) => this.#retried(sending),
    });
  }

  /** Takes an event for steps that are due, writes down who is to get it, and returns at once. They are begun in their order. @param age how long ago it happened, ms. */
  handle(event: AlertEvent, rule: Rule, age = 0): void {
    this.#acts.heard(event, age);
    const sendings: Sending[] = [];
    this.#store.together(() => {
      for (const step of stepsFor(event, rule.steps)) sendings.push(...this.#prepare(step, event));
    });
    this.#begin(event, sendings);
    this.#doings.toldEnd(event, sendings);
  }

  /** Lets actions look at what may soon be theirs, whoever is told of it. */
  foresee(event: AlertEvent, { steps }: Rule): void {
    if (event.kind !== 'pending' || whyMuted(event, this.#options.dryRun === true)) return;
    const { signal } = this.#stop;
    for (const { action } of steps) void action.foresee?.(event, signal).catch(() => undefined);
  }

  /** Sends what an earlier run of the program had not sent. What it had begun to do to a process is told, and not done again. */
  resume(rules: readonly Rule[]): void {
    for (const sending of resumeAll(this.#outbox, this.#store.load(), rules)) this.#outbox.release(sending);
  }

  /** What was written down may be lost: writes all of it down again. */
  keepAgain(): void {
    this.#outbox.writeAgain();
  }

  /** Takes a new set of rules: actions that none of them uses are closed when their last delivery is over. */
  use(rules: readonly Rule[]): void {
    goOn(this.#outbox.told.all(), rules);
    this.#workers.use(rules);
  }

  /** Opens log files anew (SIGUSR1). */
  reopen(): void {
    this.#workers.reopen();
  }

  /** What was done about an alert, for the end of its messages; undefined where that is nothing. */
  done(event: AlertEvent): string | undefined {
    return this.#doings.of(event);
  }

  /** What is on its way about an alert. */
  waiting(alert: string): WaitingMessage[] {
    return this.#outbox.about(alert);
  }

  /** How deliveries stand. */
  standing(): DeliveryTally {
    const { size, oldest = performance.now() } = this.#outbox;
    return { waiting: size, oldest: Math.round(performance.now() - oldest), ...this.#tally.totals() };
  }

  /** Resolves when nothing is on its way. */
  idle(): Promise<void> {
    return this.#waits.idle();
  }

  /**
   * Waits for what is under way, at most so many ms, then breaks it off, and closes all actions. What was not sent stays in
   * the store for the next start, where there is one: then only first attempts are waited for.
   */
  async close(grace: number): Promise<void> {
    const timer = setTimeout(() => this.#stop.abort(), grace);
    const late = new Promise((resolve) => this.#stop.signal.addEventListener('abort', resolve));
    await Promise.race([late, this.#store.keeps ? this.#waits.once() : this.idle()]);
    clearTimeout(timer);
    this.#stop.abort();
    await this.#outbox.stop();
    await this.#waits.tasks();
    if (!this.#store.keeps) this.#outbox.loseAll();
    else if (this.#outbox.size > 0) this.#tally.left(this.#outbox.size);
    await this.#workers.close();
  }

  /** Writes down what a step is to do about an event. */
  #prepare(step: Step, event: AlertEvent): Sending[] {
    const { alert, kind, rule } = event;
    const names = { alert, rule, step: step.name };
    const due = isDue(step, kind, this.#outbox.told.get(names) !== undefined);
    const sendings = due ? this.#post(step, event) : [];
    if (kind === 'resolved' || kind === 'cancelled') this.#outbox.told.delete(names);
    return sendings;
  }

  #post(step: Step, event: AlertEvent): Sending[] {
    const muted = whyMuted(event, this.#options.dryRun === true);
    if (muted) return this.refuse(step, event, { why: muted, reason: muted });
    // What acts is counted when it is begun: it may have to wait for another action on its target.
    const refused = step.action.exclusive ? undefined : this.#limits.claim(step, event);
    if (refused) return this.refuse(step, event, { why: 'limit', ...refused });
    return this.#outbox.post(event, step) ?? this.refuse(step, event, { why: 'no room', reason: NO_ROOM });
  }

  /** Puts on record that a step is not taken, and why. */
  refuse(step: Step, event: AlertEvent, { why, reason }: Refusal): [] {
    this.#tally.record({ event, to: step }, { attempts: 0, outcome: 'skipped', reason, took: 0 }, why);
    return [];
  }

  /** Begins what was written down, one after the other. */
  #begin(event: AlertEvent, sendings: readonly Sending[]): void {
    const inTurn = async (): Promise<void> => {
      for (const sending of sendings) {
        if (sending.to.action.exclusive) this.#waits.track(this.#acts.run(sending));
        else this.#outbox.release(sending);
        if (sending !== sendings.at(-1)) await this.#waits.begun(sending, PATIENCE);
      }
    };
    void this.#lanes.run(laneOf(event), inTurn);
  }

  #retried(sending: Sending): void {
    this.#waits.tried(sending);
    this.#tally.retried(sending);
  }

  #over(sending: Sending, outcome: Outcome): void {
    this.#tally.record(sending, outcome);
    this.#waits.over(sending);
    this.#workers.release(sending.to.action);
    // Behind the end that it follows, which may not have begun to be sent.
    for (const { event, step } of this.#doings.ended(sending, outcome)) this.#begin(event, this.#post(step, event));
  }
}
