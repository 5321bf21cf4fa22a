import { existsSync } from 'node:fs';
import type { Points } from '../../core/history/buckets.ts';
import type { Past, PastChapter, PastHost, PastLife, PastReading } from '../../core/history/past.ts';
import { HOST } from '../../core/history/shapes.ts';
import { type Database, openDatabase } from '../database.ts';
import { driver } from '../open.ts';
import { blocksIn, unpack } from './blocks.ts';
import { rowsOf } from './decode.ts';
import { allEras, type KeptEra, uptimeOf } from './eras.ts';
import { historyPath } from './file.ts';
import { processOf } from './match.ts';
import { memoryOf } from './play.ts';
import { readingsOf } from './readings.ts';
import { levelAt, MIGRATIONS } from './schema.ts';
import { type Segment, segmentsOf } from './segments.ts';
import { hostTracks, tracksAfter } from './tracks.ts';

/** So many series are looked at in one step. */
const TRACKS_AT_ONCE = 250;

/** Opens what a state folder holds of a boot, beside whoever writes it. @returns undefined where there is nothing of it. @throws StoreError */
export async function openPast(folder: string, boot: string): Promise<Past | undefined> {
  const path = historyPath(folder);
  if (!existsSync(path)) return undefined;
  const database = openDatabase(await driver(), path, { reads: true });
  const version = Number(database.prepare('PRAGMA user_version').all()[0]?.user_version ?? 0);
  const era = version === MIGRATIONS.length ? [...allEras(database).values()].at(-1) : undefined;
  if (era?.boot === boot) return new StoredPast(database, era);
  database.close();
  return undefined;
}

/** A class, as it holds a database. */
class StoredPast implements Past {
  readonly #database: Database;
  readonly #era: KeptEra;

  constructor(database: Database, era: KeptEra) {
    this.#database = database;
    this.#era = era;
  }

  *lives(): Generator<PastLife | undefined, void> {
    let after = 0;
    for (;;) {
      const tracks = tracksAfter(this.#database, { era: this.#era.id, after, most: TRACKS_AT_ONCE });
      for (const track of tracks) {
        const until = track.ended > 0 ? uptimeOf(this.#era, track.ended) : Number.POSITIVE_INFINITY;
        yield { id: track.id, process: processOf(track), since: uptimeOf(this.#era, track.first), until };
      }
      const last = tracks.at(-1);
      if (last === undefined) return;
      after = last.id;
      yield undefined;
    }
  }

  *chapters(lives: ReadonlySet<number>, since: number): Generator<PastChapter | undefined, void> {
    const stretch = { from: since + this.#era.base, to: this.#era.last };
    const hosts = new Set(hostTracks(this.#database, this.#era.id));
    for (const segment of segmentsOf(this.#database, stretch)) {
      const chapter = new StoredChapter(this.#era, { lives, hosts });
      for (const { level, period } of places(segment)) {
        for (const { track, data } of blocksIn(this.#database, level, period)) chapter.add(track, level, data);
        yield undefined;
      }
      yield chapter;
    }
  }

  close(): void {
    this.#database.close();
  }
}

/** The coarser first: what a series has of one was made from what it has of those below. */
function places({ places: all }: Segment): Segment['places'] {
  return [...all].sort((a, b) => b.level - a.level || a.period - b.period);
}

/** Blocks of one level. */
interface OfLevel {
  readonly level: number;
  readonly blocks: Uint8Array[];
}

/** The series that are asked for. */
interface Asked {
  readonly lives: ReadonlySet<number>;
  readonly hosts: ReadonlySet<number>;
}

/** What is packed stays so until it is asked for: a host's is many times as large unpacked. A class, as it is filled bit by bit. */
class StoredChapter implements PastChapter {
  readonly #era: KeptEra;
  readonly #asked: Asked;
  readonly #lives = new Map<number, OfLevel>();
  #host: OfLevel | undefined;

  constructor(era: KeptEra, asked: Asked) {
    this.#era = era;
    this.#asked = asked;
  }

  /** Takes a block of a series; those of coarser levels come first. */
  add(track: number, level: number, data: Uint8Array): void {
    const { lives, hosts } = this.#asked;
    const isHost = hosts.has(track);
    if (!isHost && !lives.has(track)) return;
    const known = (isHost ? this.#host : this.#lives.get(track)) ?? { level, blocks: [] };
    if (known.level === level) known.blocks.push(data);
    if (isHost) this.#host = known;
    else this.#lives.set(track, known);
  }

  get lives(): readonly number[] {
    return [...this.#lives.keys()];
  }

  readings(life: number): PastReading[] {
    const known = this.#lives.get(life);
    if (known === undefined) return [];
    const { base } = this.#era;
    const parts = unpacked(known, 'process');
    return parts
      .flatMap((points) => readingsOf(points, { base, width: levelAt(known.level).width }))
      .sort((a, b) => a.at - b.at);
  }

  hosts(): PastHost[] {
    const parts = this.#host === undefined ? [] : unpacked(this.#host, 'host');
    const rows = parts.flatMap((points) => rowsOf(points, HOST));
    return rows
      .map((row) => ({ at: uptimeOf(this.#era, row.time), memory: memoryOf(row) }))
      .sort((a, b) => a.at - b.at);
  }
}

function unpacked({ level, blocks }: OfLevel, kind: 'host' | 'process'): Points[] {
  return blocks.flatMap((data) => unpack(data, kind, level) ?? []);
}
