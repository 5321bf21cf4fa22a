import { actionsOf } from '../core/recipients.ts';
import type { Action, Rule } from '../core/types.ts';
import { createGate } from './chain.ts';

/** How many events one action handles at the same time; more wait. */
const AT_ONCE = 4;

interface Worker {
  readonly gate: (task: () => Promise<void>) => Promise<void>;
  /** Deliveries and timers that still need the action. */
  needed: number;
  retired: boolean;
}

/** The actions in use, each closed once no rule uses it any more and its last delivery is over. */
export class Workers {
  readonly #workers = new Map<Action, Worker>();
  readonly #closing: (action: Action) => void;

  /** @param closing told before an action is closed. */
  constructor(closing: (action: Action) => void = () => undefined) {
    this.#closing = closing;
  }

  /** Takes the actions of a set of rules; those that only earlier sets had are retired. */
  use(rules: readonly Rule[]): void {
    const used = new Set(rules.flatMap(({ steps }) => steps.flatMap((step) => [...actionsOf(step)])));
    for (const action of used) this.#of(action).retired = false;
    for (const [action, worker] of this.#workers) {
      worker.retired = !used.has(action);
      this.#closeIfOver(action, worker);
    }
  }

  /** Keeps an action, and those by which it tells, open until `release`. */
  hold(action: Action): void {
    for (const one of actionsOf({ action })) this.#of(one).needed += 1;
  }

  release(action: Action): void {
    for (const one of actionsOf({ action })) {
      const worker = this.#of(one);
      worker.needed -= 1;
      this.#closeIfOver(one, worker);
    }
  }

  /** Runs a task when the action has a place free. */
  enter(action: Action, task: () => Promise<void>): Promise<void> {
    return this.#of(action).gate(task);
  }

  reopen(): void {
    for (const action of this.#workers.keys()) action.reopen?.();
  }

  async close(): Promise<void> {
    const actions = [...this.#workers.keys()];
    this.#workers.clear();
    await Promise.allSettled(actions.map(async (action) => action.close?.()));
  }

  #of(action: Action): Worker {
    let worker = this.#workers.get(action);
    if (worker === undefined) {
      worker = { gate: createGate(AT_ONCE), needed: 0, retired: false };
      this.#workers.set(action, worker);
    }
    return worker;
  }

  #closeIfOver(action: Action, worker: Worker): void {
    if (!worker.retired || worker.needed > 0) return;
    this.#workers.delete(action);
    this.#closing(action);
    // A failure to close what nobody uses any more helps nobody to know.
    Promise.resolve()
      .then(() => action.close?.())
      .catch(() => undefined);
  }
}
