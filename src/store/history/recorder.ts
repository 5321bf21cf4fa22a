import { packColumns } from '../../core/history/columns.ts';
import { HOST, type Kind, READING, shapeOf, TIME, toCell } from '../../core/history/shapes.ts';
import type { Snapshot } from '../../core/types.ts';
import type { Database } from '../database.ts';
import { putBlock } from './blocks.ts';
import { type Era, eraOf, keepEra, seeClock } from './eras.ts';
import { columnsFor, hostFigures, readingFigures, setRow } from './figures.ts';
import { type Live, Lives, storeLive } from './lives.ts';
import { FLUSH, levelAt } from './schema.ts';
import { Staging } from './staging.ts';
import { figuresOf, sumsOf } from './sums.ts';
import { endTrack, lastTrack } from './tracks.ts';

/** What happened and waits to be written, as JSON. */
interface Waiting {
  readonly at: number;
  readonly data: string;
}

/**
 * Takes snapshots and events, and writes what came of them in few transactions. A class, as it holds what waits; what can't be written
 * stays, as long as there is room.
 */
export class Recorder {
  readonly #database: Database;
  readonly #readings = new Staging(READING);
  readonly #hosts = new Staging(HOST);
  readonly #host = { head: -1, tail: -1 };
  #events: Waiting[] = [];
  #lives: Lives | undefined;
  #era: Era | undefined;
  /** The last snapshot, and its time of history; the same for the first one that waits. */
  #last: Snapshot | undefined;
  #now = 0;
  #since = 0;
  /** From the snapshot before the last to the last, ms. */
  #pause = 0;
  /** Sums are kept once a minute, however often readings are written. */
  #summed = 0;
  #lost = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Time of history at the last snapshot, ms; 0 before the first. */
  get now(): number {
    return this.#now;
  }

  /** Readings that were not written, as there was no room to keep them until they could be; and those that wait. */
  get lost(): { readonly ever: number; readonly waiting: number } {
    return { ever: this.#lost, waiting: this.#readings.count };
  }

  /** Whether it is time to write. @param snapshot the one that comes next: periods never cross the end of an hour. */
  isDue(snapshot?: Snapshot): boolean {
    if (this.#hosts.count === 0) return false;
    if (this.#readings.isFull(this.#last?.processes.length ?? 0)) return true;
    // One more, and it would be longer than a minute.
    if (snapshot === undefined) return this.#now - this.#since + this.#pause > FLUSH - SOON;
    if (snapshot.boot !== this.#era?.boot) return true;
    return hourOf(snapshot.uptime + this.#era.base) !== hourOf(this.#now);
  }

  /** Takes what was read in a snapshot. */
  take(snapshot: Snapshot): void {
    const era = this.#eraFor(snapshot);
    const now = snapshot.uptime + era.base;
    if (this.#hosts.count === 0) this.#since = now;
    this.#pause = this.#last === undefined ? 0 : now - this.#now;
    this.#now = Math.round(now);
    this.#last = snapshot;
    // What was read in a snapshot has its time: what belongs together is found together.
    const time = toCell(now, TIME);
    this.#hosts.push(this.#host, time, hostFigures(snapshot));
    const lives = this.#lives;
    if (lives === undefined) return;
    for (const sample of snapshot.processes) {
      const { exact } = sample;
      if (exact === undefined) continue;
      const figures = readingFigures(sample, exact);
      if (!this.#readings.push(lives.ofProcess(sample, this.#now), time, figures)) this.#lost += 1;
    }
  }

  /** Takes what happened. */
  note(what: object): void {
    if (this.#events.length === MOST_EVENTS) this.#events.shift();
    this.#events.push({ at: this.#now, data: JSON.stringify(what) });
  }

  /** Writes what waits, all of it or nothing. */
  flush(): void {
    const era = this.#era;
    const snapshot = this.#last;
    const lives = this.#lives;
    if (era === undefined || snapshot === undefined || lives === undefined) return;
    if (this.#hosts.count === 0) {
      this.flushEvents();
      return;
    }
    lives.sweep(snapshot, this.#now);
    const waiting = lives.waiting();
    const stored: Live[] = [];
    this.#database.transaction(() => {
      this.#putEvents(era);
      this.#putPoints({ era, snapshot, lives, waiting, stored });
    }, 'soon');
    for (const live of stored) live.stored = true;
    lives.letGo(waiting);
    if (this.#summed === this.#now) lives.sweepKeys(this.#now);
    this.#events = [];
    this.#forget();
  }

  /** Writes what happened, which is not to wait as long as figures may. */
  flushEvents(): void {
    const era = this.#era;
    if (era === undefined || this.#events.length === 0) return;
    this.#database.transaction(() => this.#putEvents(era), 'soon');
    this.#events = [];
  }

  #forget(): void {
    this.#readings.clear();
    this.#hosts.clear();
    this.#host.head = -1;
    this.#host.tail = -1;
  }

  #eraFor(snapshot: Snapshot): Era {
    const known = this.#era;
    if (known?.boot === snapshot.boot) {
      seeClock(known, snapshot);
      return known;
    }
    const era = eraOf(this.#database, snapshot);
    const lives = new Lives(lastTrack(this.#database) + 1);
    lives.resume(this.#database, era);
    // What happened before the first snapshot has its time.
    const at = Math.round(snapshot.uptime + era.base);
    this.#events = this.#events.map(({ data }) => ({ at, data }));
    this.#lives = lives;
    this.#era = era;
    return era;
  }

  #putEvents(era: Era): void {
    keepEra(this.#database, era, this.#now);
    const put = this.#database.prepare('INSERT INTO events (at, era, data) VALUES (?, ?, ?)');
    for (const { at, data } of this.#events) put.run(at, era.id, data);
  }

  #putPoints({ era, snapshot, lives, waiting, stored }: Writing): void {
    const put = (live: Live, kind: Kind, take: (columns: Float64Array[]) => number): void => {
      if (!live.stored) {
        storeLive(this.#database, live, { kind, era });
        stored.push(live);
      }
      const columns = columnsFor(kind);
      const count = take(columns);
      const data = packColumns({ columns, count }, shapeOf(kind));
      putBlock(this.#database, { level: 0, period: this.#now, track: live.id }, data);
    };
    put(lives.ofKey('host', '', this.#now), 'host', (columns) => this.#hosts.take(this.#host, columns));
    for (const live of waiting) {
      if (live.head >= 0) put(live, 'process', (columns) => this.#readings.take(live, columns));
      if (live.ended > 0 && live.stored) endTrack(this.#database, live.id, live.ended);
    }
    if (this.#now < this.#summed + FLUSH - SOON - this.#pause) return;
    this.#summed = this.#now;
    const time = toCell(this.#now, TIME);
    for (const sum of sumsOf(snapshot)) {
      put(lives.ofKey(sum.by, sum.key, this.#now), sum.by, (columns) =>
        setRow(columns, [time, ...figuresOf(sum)], sum.by),
      );
    }
  }
}

/** What is to be written. */
interface Writing {
  readonly era: Era;
  readonly snapshot: Snapshot;
  readonly lives: Lives;
  readonly waiting: readonly Live[];
  /** Those that were not stored before are added. */
  readonly stored: Live[];
}

/** Snapshots are never quite even, ms. */
const SOON = 500;
/** Events that wait while nothing can be written. */
const MOST_EVENTS = 1_000;

function hourOf(time: number): number {
  return Math.floor(time / levelAt(1).period);
}
