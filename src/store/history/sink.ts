import type { Sink, Snapshot } from '../../core/types.ts';
import { type Database, StoreError } from '../database.ts';
import { promote, type Work } from './promote.ts';
import { Recorder } from './recorder.ts';
import { type Retention, retain } from './retain.ts';

/** Old points are put together, and dropped, for so long at a time at most, ms: the next snapshot must not wait. */
const SLICE = 8;
/** Looked for what has become old this often, time of history in ms. */
const ROUND = 10 * 60_000;
/** After a failure it is tried again so much later, ms. */
const PAUSE = 60_000;

/** What keeping a history needs. */
export interface HistoryOptions {
  readonly retention: Retention;
  /** Told when it can't be kept, and when it can again. */
  report(failing: boolean, message: string): void;
}

/** Keeps a history of whatever flows by. @returns a sink; closing it closes the database. */
export function historySink(database: Database, options: HistoryOptions): Sink {
  const keeper = new HistoryKeeper(database, options);
  let due: NodeJS.Immediate | undefined;
  return {
    snapshot(snapshot) {
      keeper.take(snapshot);
      // The snapshot is judged first.
      due ??= setImmediate(() => {
        due = undefined;
        keeper.work();
      });
    },
    event: (event) => keeper.note(event),
    delivery: (delivery) => keeper.note(delivery),
    close() {
      clearImmediate(due);
      keeper.close();
    },
  };
}

/** Writes and tidies up in small pieces; what fails is told once and tried again. A class, as it holds a database. */
export class HistoryKeeper {
  readonly #database: Database;
  readonly #options: HistoryOptions;
  readonly #recorder: Recorder;
  #tidying: Work | undefined;
  /** Time of history at which it is tidied up again; and, while writing fails, at which it is tried again. */
  #next = 0;
  #retryAt = 0;
  #failing = false;
  /** Somebody else has the file since then: as long as that is short, it is not told. */
  #busySince: number | undefined;
  /** Damaged: a file that is open can't be set aside. */
  #given = false;
  #closed = false;

  constructor(database: Database, options: HistoryOptions) {
    this.#database = database;
    this.#options = options;
    this.#recorder = new Recorder(database);
  }

  /** Takes a snapshot; it is written later. */
  take(snapshot: Snapshot): void {
    if (this.#given) return;
    if (this.#recorder.isDue(snapshot)) this.#flush();
    this.#attempt(() => this.#recorder.take(snapshot));
  }

  /** Takes what happened. */
  note(what: object): void {
    if (!this.#given) this.#recorder.note(what);
  }

  /** Writes what waited long enough, and tidies up a little. */
  work(): void {
    if (this.#given) return;
    if (this.#recorder.isDue()) this.#flush();
    else if (!this.#failing) this.#attempt(() => this.#recorder.flushEvents());
    if (!this.#failing) this.#attempt(() => this.#tidy(SLICE));
  }

  /** Tidies up until there is nothing left to do. A watchdog has no time for it. */
  tidyAll(): void {
    if (this.#tidying) this.#tidy(Number.POSITIVE_INFINITY);
    this.#next = 0;
    this.#tidy(Number.POSITIVE_INFINITY);
  }

  /** Writes what there is, and closes the database; for good. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#retryAt = 0;
    if (!this.#given) this.#flush();
    this.#attempt(() => this.#database.close());
  }

  #flush(): void {
    if (this.#recorder.now < this.#retryAt) return;
    if (!this.#attempt(() => this.#recorder.flush())) return;
    this.#busySince = undefined;
    if (this.#failing) this.#recovered();
  }

  #tidy(slice: number): void {
    const { now } = this.#recorder;
    if (this.#tidying === undefined) {
      if (now < this.#next) return;
      this.#next = now + ROUND;
      this.#tidying = tidyUp(this.#database, now, this.#options.retention);
    }
    const work = this.#tidying;
    const end = performance.now() + slice;
    this.#database.transaction(() => {
      while (performance.now() < end) {
        if (!work.next().done) continue;
        this.#tidying = undefined;
        return;
      }
    }, 'soon');
  }

  /** @returns whether it worked. */
  #attempt(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#failed(error);
      return false;
    }
  }

  #failed({ fault, message }: StoreError): void {
    this.#tidying = undefined;
    if (fault === 'busy' && !this.#failing) {
      this.#busySince ??= this.#recorder.now;
      if (this.#recorder.now - this.#busySince < PAUSE) return;
    }
    this.#given = fault === 'corrupt';
    this.#retryAt = this.#recorder.now + PAUSE;
    if (!this.#failing || this.#given) this.#options.report(true, this.#given ? `${message}: ${SET_ASIDE}` : message);
    this.#failing = true;
  }

  #recovered(): void {
    this.#failing = false;
    this.#retryAt = 0;
    const lost = this.#recorder.lost > 0 ? `; ${this.#recorder.lost} readings were lost` : '';
    this.#options.report(false, `history is kept again${lost}`);
  }
}

const SET_ASIDE = 'it is set aside, and a new one begun, when psstop is started again';

function* tidyUp(database: Database, now: number, retention: Retention): Work {
  yield* promote(database, now);
  yield* retain(database, now, retention);
}
