import type { Sending } from './outbox/sending.ts';

/** Who waits for what is on its way: the next step for the first attempt, and psstop's end for all. */
export class Waits {
  /** Messages and acts that are not over. */
  readonly #open = new Set<Sending>();
  /** Those of them that have not been tried once. */
  readonly #untried = new Set<Sending>();
  /** Who waits for the first attempt of one. */
  readonly #next = new Map<Sending, () => void>();
  readonly #tasks = new Set<Promise<void>>();
  /** Asked whenever something is over or was tried: true when they have waited long enough. */
  readonly #watching = new Set<() => boolean>();

  open(sending: Sending): void {
    this.#open.add(sending);
    this.#untried.add(sending);
  }

  /** It was tried, and is to be tried again. */
  tried(sending: Sending): void {
    if (!this.#untried.delete(sending)) return;
    this.#next.get(sending)?.();
    this.#look();
  }

  over(sending: Sending): void {
    this.#open.delete(sending);
    this.tried(sending);
    this.#look();
  }

  /** Resolves when a message has been tried once, or after so many ms. */
  begun(sending: Sending, patience: number): Promise<void> {
    if (!this.#untried.has(sending)) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#next.delete(sending);
        resolve();
      };
      const timer = setTimeout(done, patience).unref();
      this.#next.set(sending, done);
    });
  }

  /** Takes note of something that must not be left behind. */
  track(task: Promise<void>): void {
    this.#tasks.add(task);
    void task.finally(() => {
      this.#tasks.delete(task);
      this.#look();
    });
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.#when(() => this.#tasks.size === 0 && this.#open.size === 0);
  }

  /** Resolves when everything has been tried once, and what is done to processes is over. */
  once(): Promise<void> {
    return this.#when(() => this.#tasks.size === 0 && this.#untried.size === 0);
  }

  /** Resolves when the tasks under way now are over. */
  async tasks(): Promise<void> {
    await Promise.allSettled(this.#tasks);
  }

  #when(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => {
      const look = (): boolean => {
        if (holds()) resolve();
        return holds();
      };
      this.#watching.add(look);
    });
  }

  #look(): void {
    for (const look of this.#watching) if (look()) this.#watching.delete(look);
  }
}
