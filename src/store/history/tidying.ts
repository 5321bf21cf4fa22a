import type { Database } from '../database.ts';
import { promote, type Work } from './promote.ts';
import { type Retention, retain } from './retain.ts';

/** Looked for what has become old this often, time of history in ms. */
const ROUND = 10 * 60_000;

/** So many events since the last round begin one at once. */
const STORM = 2_000;

/** Puts old points together, and drops what is too old or too much, a slice at a time. A class, as it holds work that is half done. */
export class Tidying {
  readonly #retention: Retention;
  #work: Work | undefined;
  /** Time of history at which the next round begins. */
  #next = 0;
  /** The last event when a round was begun. */
  #events = 0;

  constructor(retention: Retention) {
    this.#retention = retention;
  }

  /** Goes on for so many ms, where there is something to do. @param now time of history */
  step(database: Database, now: number, slice: number): void {
    if (this.#work === undefined) {
      const events = lastEvent(database);
      if (now < this.#next && events - this.#events < STORM) return;
      this.#next = now + ROUND;
      this.#events = events;
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

function lastEvent(database: Database): number {
  return Number(database.prepare('SELECT max(id) AS id FROM events').all()[0]?.id ?? 0);
}

function* tidyUp(database: Database, now: number, retention: Retention): Work {
  yield* promote(database, now);
  yield* retain(database, now, retention);
}
