import { DRY_RUN, SHADOW_RULE } from '../core/delivery.ts';
import type { AlertEvent, Rule, Step } from '../core/types.ts';
import { DEFAULT_PACE, deliver, type Outcome, type Pace } from './attempt.ts';
import type { Bus } from './bus.ts';
import { createChains } from './chain.ts';
import { type Confirm, needsConfirming } from './confirm.ts';
import { createLimits } from './limit.ts';
import { Workers } from './workers.ts';

/** A step waits this long, ms, for the first attempt of the one before it: in order while all is well, held up by none that hangs. */
const PATIENCE = 2_000;
/** With more deliveries than this under way further ones are refused, and recorded: memory is bounded. */
const MOST_UNDER_WAY = 10_000;

/** What a dispatcher needs. */
export interface DispatchOptions {
  readonly bus: Bus;
  /** Says what would be done, and does nothing. */
  readonly dryRun?: boolean;
  readonly pace?: Pace;
  /** Asked before something is done to a target a while after the event. */
  readonly confirm?: Confirm;
}

/** Carries events to the actions of their rules: due, mute, limit, attempt, record. A class, as it holds timers and actions. */
export class Dispatcher {
  readonly #bus: Bus;
  readonly #dryRun: boolean;
  readonly #pace: Pace;
  readonly #confirm: Confirm | undefined;
  readonly #limits = createLimits();
  readonly #workers = new Workers();
  readonly #alerts = createChains();
  readonly #lanes = createChains();
  readonly #stop = new AbortController();
  /** Everything that is not over; a promise leaves when it is. */
  readonly #underWay = new Set<Promise<void>>();
  /** Who has been told, or was tried to be told, that an alert fired: nobody else hears of its end. */
  readonly #told = new Set<string>();
  readonly #timers = new Map<string, () => void>();
  /** When events came, on performance.now(). */
  readonly #cameAt = new WeakMap<AlertEvent, number>();

  constructor({ bus, dryRun = false, pace = DEFAULT_PACE, confirm }: DispatchOptions) {
    this.#bus = bus;
    this.#dryRun = dryRun;
    this.#pace = pace;
    this.#confirm = confirm;
  }

  /** Takes an event and returns at once. The events of one alert are begun in their order. */
  handle(event: AlertEvent, rule: Rule): void {
    this.#cameAt.set(event, performance.now());
    for (const step of rule.steps) this.#workers.hold(step.action);
    this.#track(
      this.#alerts.run(event.alert, async () => {
        for (const step of rule.steps) await this.#begin(step, event);
        for (const step of rule.steps) this.#workers.release(step.action);
      }),
    );
  }

  /** Takes a new set of rules: actions that none of them uses are closed when their last delivery is over. */
  use(rules: readonly Rule[]): void {
    this.#workers.use(rules);
  }

  /** Opens log files anew (SIGUSR1). */
  reopen(): void {
    this.#workers.reopen();
  }

  /** Resolves when nothing is under way; what waits for its `after` does not count. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  /** Waits for what is under way, at most so many ms, then breaks it off, and closes all actions. */
  async close(grace: number): Promise<void> {
    for (const cancel of this.#timers.values()) cancel();
    const timer = setTimeout(() => this.#stop.abort(), grace);
    await this.idle();
    clearTimeout(timer);
    await this.#workers.close();
  }

  /** @returns when the next step may begin. */
  async #begin(step: Step, event: AlertEvent): Promise<void> {
    const key = `${step.name} ${event.alert}`;
    const told = this.#told.has(key);
    if (event.kind === 'resolved' || event.kind === 'cancelled') {
      this.#timers.get(key)?.();
      this.#told.delete(key);
    }
    if (!step.on.includes(event.kind)) return;
    if (event.kind === 'fired' && step.after > 0) return this.#postpone(key, step, event);
    const follows = event.kind !== 'fired' && event.kind !== 'pending' && step.on.includes('fired');
    if (follows && !told) return;
    return this.#launch(key, step, event);
  }

  #postpone(key: string, step: Step, event: AlertEvent): void {
    this.#workers.hold(step.action);
    const end = (): void => {
      clearTimeout(timer);
      this.#timers.delete(key);
      this.#workers.release(step.action);
    };
    const timer = setTimeout(() => {
      this.#track(this.#launch(key, step, event));
      end();
    }, step.after);
    this.#timers.set(key, end);
  }

  async #launch(key: string, step: Step, event: AlertEvent): Promise<void> {
    const muted = this.#muted(event);
    if (muted) return this.#record(step, event, skipped(muted));
    await new Promise<void>((resolve) => {
      const patience = setTimeout(resolve, PATIENCE);
      const begun = (): void => {
        clearTimeout(patience);
        resolve();
      };
      this.#workers.hold(step.action);
      const lane = this.#lanes.run(key, () => this.#run(step, event, { key, begun }));
      this.#track(lane.finally(() => this.#workers.release(step.action)));
    });
  }

  #muted(event: AlertEvent): string | undefined {
    if (event.mode === 'shadow') return SHADOW_RULE;
    if (this.#dryRun || event.mode === 'dry-run') return DRY_RUN;
    if (this.#underWay.size > MOST_UNDER_WAY) return `more than ${MOST_UNDER_WAY} deliveries are under way`;
    return undefined;
  }

  async #run(step: Step, event: AlertEvent, { key, begun }: { key: string; begun: () => void }): Promise<void> {
    const refused = this.#limits.claim(step, event);
    if (refused) this.#record(step, event, skipped(refused));
    else {
      if (event.kind === 'fired' || event.kind === 'pending') this.#told.add(key);
      const enter = (attempt: () => Promise<void>): Promise<void> => this.#workers.enter(step.action, attempt);
      const confirm = (): Promise<string> | undefined => this.#confirmed(step, event);
      const job = { action: step.action, event, pace: this.#pace, stop: this.#stop.signal, confirm };
      const retried = (reason: string, attempts: number): void => {
        begun();
        if (attempts === 1) this.#tellRetry(step, event, reason);
      };
      const outcome = await deliver({ ...job, enter, retried });
      this.#limits.release(step, event);
      this.#record(step, event, outcome);
    }
    begun();
  }

  #confirmed({ action }: Step, event: AlertEvent): Promise<string> | undefined {
    const age = performance.now() - (this.#cameAt.get(event) ?? 0);
    return needsConfirming(action, event, age) ? this.#confirm?.(event) : undefined;
  }

  #tellRetry(step: Step, event: AlertEvent, reason: string): void {
    const message = `${step.name} for ${event.rule} (${event.target.name}) failed and is tried again: ${reason}`;
    this.#bus.notice({ kind: 'delivery-retried', severity: 'warning', message });
  }

  #record(step: Step, event: AlertEvent, outcome: Outcome): void {
    const { id, rule, target, kind } = event;
    const names = { event: id, action: step.name, rule, target: target.name, kind };
    const acts = step.action.exclusive && { acts: true };
    this.#bus.delivery({ type: 'delivery', ...names, ...acts, ...outcome, time: Date.now() });
  }

  #track(promise: Promise<void>): void {
    this.#underWay.add(promise);
    promise.finally(() => this.#underWay.delete(promise));
  }
}

function skipped(reason: string): Outcome {
  return { attempts: 0, outcome: 'skipped', reason, took: 0 };
}
