import type { Snapshot } from '../../core/types.ts';
import type { Database } from '../database.ts';
import { StoreError } from '../fault.ts';
import type { HistoryFile } from './file.ts';
import { Recorder } from './recorder.ts';
import type { Retention } from './retain.ts';
import { Tidying } from './tidying.ts';

/** Old points are put together, and dropped, for so long at a time at most, ms: the next snapshot must not wait. */
const SLICE = 8;
/** After a failure it is tried again so much later, ms. */
const PAUSE = 60_000;
/** A file is set aside this often at most, ms: a disk that damages one after the other must not be filled with them. */
const BETWEEN_DAMAGES = 60 * 60_000;

/** What keeping a history needs. */
export interface HistoryOptions {
  readonly retention: Retention;
  /** Told when it can't be kept, and when it can again. */
  report(failing: boolean, message: string): void;
}

/** A file that is written. */
interface Open {
  readonly database: Database;
  readonly recorder: Recorder;
}

/**
 * Writes and tidies up in small pieces. What fails is told once and tried again; what is damaged is set aside and begun anew. A class, as
 * it holds a database.
 */
export class HistoryKeeper {
  readonly #file: HistoryFile;
  readonly #options: HistoryOptions;
  #open: Open | undefined;
  readonly #tidying: Tidying;
  /** Uptime of the last snapshot, ms, and at which it is tried again while it fails. */
  #uptime = 0;
  #retryAt = 0;
  #failing = false;
  /** Somebody else has the file since then: as long as that is short, it is not told. */
  #busySince: number | undefined;
  /** What is the matter with the file that is to be set aside; and the uptime at which that was done last. */
  #damage: StoreError | undefined;
  #setAsideAt = Number.NEGATIVE_INFINITY;
  /** What happened while there was no file. */
  #early: object[] = [];
  /** Readings that nobody wrote. */
  #lost = 0;
  #closed = false;

  constructor(file: HistoryFile, options: HistoryOptions) {
    this.#file = file;
    this.#options = options;
    this.#tidying = new Tidying(options.retention);
    this.#ensureOpen();
  }

  /** Takes a snapshot; it is written later. */
  take(snapshot: Snapshot): void {
    this.#uptime = snapshot.uptime;
    if (this.#open?.recorder.isDue(snapshot)) this.#flush();
    if (this.#ensureOpen()) this.#attempt(() => this.#open?.recorder.take(snapshot));
    else this.#lost += snapshot.cost.exact;
  }

  /** Takes what happened. */
  note(what: object): void {
    if (this.#open) this.#open.recorder.note(what);
    else if (this.#early.length < MOST_EARLY && !this.#closed) this.#early.push(what);
  }

  /** Writes what waited long enough, and tidies up a little. */
  work(): void {
    if (!this.#ensureOpen()) return;
    if (this.#open?.recorder.isDue()) this.#flush();
    else if (!this.#failing) this.#attempt(() => this.#open?.recorder.flushEvents());
    const { database, recorder } = this.#open ?? {};
    if (this.#failing || database === undefined || recorder === undefined) return;
    this.#attempt(() => this.#tidying.step(database, recorder.now, SLICE));
  }

  /** Writes what waits: whoever reads finds it. */
  flush(): void {
    this.#flush();
  }

  /** Tidies up until there is nothing left to do. A watchdog has no time for it. */
  tidyAll(): void {
    const { database, recorder } = this.#open ?? {};
    if (database && recorder) this.#tidying.finish(database, recorder.now);
  }

  /** Writes what there is, and closes the file; for good. */
  close(): void {
    if (this.#closed) return;
    this.#retryAt = 0;
    this.#flush();
    this.#closed = true;
    this.#letGo();
  }

  /** Keeps nothing from now on, and says why. */
  giveUp(message: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#letGo();
    this.#options.report(true, `${message}; it is tried again when psstop is started again`);
  }

  /** @returns whether there is a file to write to. */
  #ensureOpen(): boolean {
    if (this.#open) return true;
    if (this.#closed || this.#uptime < this.#retryAt) return false;
    return this.#attempt(() => {
      const damage = this.#damage;
      const database = damage ? this.#file.replace(damage) : this.#file.open();
      if (damage) this.#setAsideAt = this.#uptime;
      this.#damage = undefined;
      const recorder = new Recorder(database);
      for (const what of this.#early) recorder.note(what);
      this.#early = [];
      this.#open = { database, recorder };
      if (this.#failing) this.#recovered();
    });
  }

  #flush(): void {
    const { recorder } = this.#open ?? {};
    if (recorder === undefined || this.#uptime < this.#retryAt) return;
    if (!this.#attempt(() => recorder.flush())) return;
    this.#busySince = undefined;
    if (this.#failing) this.#recovered();
    if (!this.#file.isGone()) return;
    // What stood in it is gone; what comes must not go the same way.
    this.#letGo();
    this.#options.report(
      false,
      'as its file was removed or replaced, history goes on with the one that has its name now',
    );
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

  #failed(error: StoreError): void {
    this.#tidying.stop();
    if (error.fault === 'busy' && !this.#failing) {
      this.#busySince ??= this.#uptime;
      if (this.#uptime - this.#busySince < PAUSE) return;
    }
    this.#retryAt = this.#uptime + PAUSE;
    if (error.fault === 'corrupt' && this.#giveAway(error)) return;
    if (!this.#failing) this.#options.report(true, error.message);
    this.#failing = true;
  }

  /** Gives a damaged file up. @returns whether the next one may be begun at once. */
  #giveAway(damage: StoreError): boolean {
    this.#letGo();
    this.#damage = damage;
    this.#retryAt = this.#setAsideAt + BETWEEN_DAMAGES;
    return this.#uptime >= this.#retryAt;
  }

  #letGo(): void {
    const { database, recorder } = this.#open ?? {};
    this.#open = undefined;
    this.#tidying.stop();
    const { ever = 0, waiting = 0 } = recorder?.lost ?? {};
    this.#lost += ever + waiting;
    try {
      database?.close();
    } catch (error) {
      // What is damaged, or on a full disk, can't bring its journal home: that is done when it is opened again.
      if (!(error instanceof StoreError)) throw error;
    }
  }

  #recovered(): void {
    this.#failing = false;
    this.#retryAt = 0;
    const lost = this.#lost + (this.#open?.recorder.lost.ever ?? 0);
    this.#options.report(false, `history is kept again${lost > 0 ? `; ${lost} readings were lost` : ''}`);
  }
}

/** Happenings that wait for a file. */
const MOST_EARLY = 1_000;
