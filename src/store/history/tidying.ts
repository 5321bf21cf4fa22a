import type { Database } from '../database.ts';
import { promote, type Work } from './promote.ts';
import { type Retention, retain } from './retain.ts';

/** Looked for what has become old this often, time of history in ms. */
const ROUND = 10 * 60_000;

/** Puts old points together, and drops what is too old or too much, a slice at a time. A class, as it holds work that is half done. */
export class Tidying {
  readonly #retention: Retention;
  #work: Work | undefined;
  /** Time of history at which the next round begins. */
  #next = 0;

  constructor(retention: Retention) {
    this.#retention = retention;
  }

  /** Goes on for so many ms, where there is something to do. @param now time of history */
  step(database: Database, now: number, slice: number): void {
    if (this.#work === undefined) {
      if (now < this.#next) return;
      this.#next = now + ROUND;
      this.#work = tidyUp(database, now, this.#retention);
    }
    const work = this.#work;
    const end = performance.now() + slice;
    database.transaction(() => {
      while (performance.now() < end) {
        if (!work.next().done) continue;
        this.#work = undefined;
        return;
      }
    }, 'soon');
  }

  /** Goes on until there is nothing left to do. */
  finish(database: Database, now: number): void {
    if (this.#work) this.step(database, now, Number.POSITIVE_INFINITY);
    this.#next = 0;
    this.step(database, now, Number.POSITIVE_INFINITY);
  }

  /** Drops what is half done: its transaction came to nothing, or its file is another one. */
  stop(): void {
    this.#work = undefined;
  }
}

function* tidyUp(database: Database, now: number, retention: Retention): Work {
  yield* promote(database, now);
  yield* retain(database, now, retention);
}
