import { fingerprint } from '../../core/fingerprint.ts';
import type { Kind } from '../../core/history/shapes.ts';
import type { ProcessInfo, ProcessSample, Snapshot } from '../../core/types.ts';
import type { Database } from '../database.ts';
import type { Era } from './eras.ts';
import type { Chain } from './staging.ts';
import { identityOf, openTracks, putTrack } from './tracks.ts';

/** A series that goes on: its id, whether it is stored, and the points of it that wait to be written. */
export interface Live extends Chain {
  readonly id: number;
  stored: boolean;
  /** What it is of: a process, as long as nothing in it has changed (undefined until it is seen again after a start), or a key. */
  of: ProcessInfo | string | undefined;
  /** Tells one life from another that has its pid. */
  readonly mark: string;
  /** When it was begun, time of history. */
  readonly first: number;
  /** Number of the round in which it was last seen; and the time of history, once it is known that it has ended. */
  seen: number;
  ended: number;
}

/** The series that go on. A class, as it is on the hot path: each reading looks for its series. */
export class Lives {
  readonly #processes = new Map<number, Live>();
  readonly #others = new Map<string, Live>();
  /** Lives that have ended, or became another program, since they were last written. */
  #ended: Live[] = [];
  #next: number;
  #round = 0;
  #keyRound = 0;

  /** @param next the first id that is free. */
  constructor(next: number) {
    this.#next = next;
  }

  /** Takes up what an earlier run of this boot has begun. */
  resume(database: Database, era: Era): void {
    for (const { kind, id, pid, start, identity, first } of openTracks(database, era.id)) {
      const live = {
        head: -1,
        tail: -1,
        id,
        stored: true,
        of: undefined,
        mark: '',
        first,
        seen: this.#round,
        ended: 0,
      };
      if (kind === 'process') this.#processes.set(pid, { ...live, mark: markOf(start, identity) });
      else this.#others.set(`${kind}\n${identity}`, { ...live, of: identity });
    }
  }

  /** The life of a process, or the one that begins: another program in it is another life. */
  ofProcess({ process }: ProcessSample, now: number): Live {
    const known = this.#processes.get(process.pid);
    if (known?.of === process) return known;
    const mark = markOf(process.start, identityOf(process));
    if (known?.mark === mark) {
      known.of = process;
      return known;
    }
    if (known) this.#end(known, now);
    const live = this.#begin(process, mark, now);
    this.#processes.set(process.pid, live);
    return live;
  }

  /** The series of a sum, or of the host. */
  ofKey(kind: Kind, key: string, now: number): Live {
    const name = `${kind}\n${key}`;
    const known = this.#others.get(name);
    const live = known ?? this.#begin(key, '', now);
    if (known === undefined) this.#others.set(name, live);
    live.seen = this.#keyRound;
    return live;
  }

  /** All lives that have points waiting, and those that have ended. */
  waiting(): Live[] {
    const waiting = [...this.#ended];
    for (const live of this.#processes.values()) if (live.head >= 0) waiting.push(live);
    return waiting;
  }

  /** What waited is no longer kept here. */
  letGo(waited: readonly Live[]): void {
    for (const live of waited) {
      live.head = -1;
      live.tail = -1;
    }
    this.#ended = [];
  }

  /** Finds the processes that are no more: those that are not in the snapshot. */
  sweep({ processes }: Snapshot, now: number): void {
    for (const { process } of processes) {
      const live = this.#processes.get(process.pid);
      if (live) live.seen = this.#round;
    }
    for (const [pid, live] of this.#processes) {
      if (live.seen === this.#round) continue;
      this.#end(live, now);
      this.#processes.delete(pid);
    }
    this.#round += 1;
  }

  /** Finds the sums, and the host, that nobody asked for since this was called last. */
  sweepKeys(now: number): void {
    for (const [name, live] of this.#others) {
      if (live.seen === this.#keyRound) continue;
      this.#end(live, now);
      this.#others.delete(name);
    }
    this.#keyRound += 1;
  }

  #end(live: Live, now: number): void {
    live.ended = now;
    this.#ended.push(live);
  }

  #begin(of: ProcessInfo | string, mark: string, first: number): Live {
    const id = this.#next;
    this.#next += 1;
    return { head: -1, tail: -1, id, stored: false, of, mark, first, seen: this.#round, ended: 0 };
  }
}

/** Stores a series that is new. */
export function storeLive(database: Database, live: Live, { kind, era }: { kind: Kind; era: Era }): void {
  const { id, of, first, ended } = live;
  const times = { era: era.id, kind, first, last: first, ended };
  if (typeof of === 'string') {
    putTrack(database, { id, ...times, identity: of, pid: 0, start: 0, started: 0, ppid: 0 });
  } else if (of !== undefined) {
    const { pid, start, startedAt, ppid } = of;
    putTrack(database, { id, ...times, identity: identityOf(of), pid, start, started: startedAt, ppid });
  }
}

function markOf(start: number, identity: string): string {
  return fingerprint(`${start} ${identity}`);
}
