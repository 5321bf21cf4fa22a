import { accessSync, constants } from 'node:fs';
import type { Points } from '../../core/history/buckets.ts';
import type {
  Happening,
  HistoryReader,
  HostPoint,
  Life,
  LifeFilter,
  LifePoint,
  Range,
  SumBy,
  SumPoint,
  SumSeries,
} from '../../core/history/read.ts';
import type { Source } from '../../core/types.ts';
import { type Database, openDatabase } from '../database.ts';
import { StoreError } from '../fault.ts';
import { driver } from '../open.ts';
import { hostPoints, lifePoints, sumPoints } from './decode.ts';
import { allEras, type Era, type KeptEra, unixOf } from './eras.ts';
import { historyPath } from './file.ts';
import { isAsked, processOf } from './match.ts';
import { play } from './play.ts';
import { MIGRATIONS } from './schema.ts';
import { type Track, trackOf, tracksOf } from './tracks.ts';
import { type Periods, partsOf, periodsIn, type Stretch } from './trail.ts';

/**
 * Opens the history of a state folder to read, as it is now, also while a daemon writes it.
 * @throws StoreError where there is none, or it can't be read: `newer` where a later version wrote it.
 */
export async function openHistory(folder: string): Promise<HistoryReader> {
  const path = historyPath(folder);
  checkReadable(path, folder);
  const database = openDatabase(await driver(), path, { reads: true });
  try {
    const version = Number(database.prepare('PRAGMA user_version').all()[0]?.user_version ?? 0);
    if (version > MIGRATIONS.length) throw new StoreError('newer', `a later version wrote ${path}`);
    if (version === 0) throw new StoreError('unwritable', `nothing is stored in ${folder} yet`);
    if (version < MIGRATIONS.length)
      throw new StoreError(
        'unwritable',
        `an earlier version wrote ${path}: it is brought up to date when psstop watch is started`,
      );
    // What is put together or dropped meanwhile must not be missed in between.
    database.exec('BEGIN');
    return new StoredHistory(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** That there is none, and that it may not be read, are two things. */
function checkReadable(path: string, folder: string): void {
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message =
      code === 'ENOENT' ? `there is no history in ${folder}` : `the history in ${folder} may not be read by you`;
    throw new StoreError('unwritable', message, { cause: error });
  }
}

/** A class, as it holds a database. */
class StoredHistory implements HistoryReader {
  readonly #database: Database;
  readonly #eras: ReadonlyMap<number, KeptEra>;
  /** Where there is anything of the stretch that was asked for last: asked for by many series one after the other. */
  #known: { readonly stretch: Stretch; readonly periods: Periods } | undefined;

  constructor(database: Database) {
    this.#database = database;
    this.#eras = allEras(database);
  }

  lives(filter: LifeFilter = {}): Life[] {
    const lives = tracksOf(this.#database, 'process', this.#widest(filter)).flatMap((track) => {
      const life = this.#lifeOf(track);
      return life ? [life] : [];
    });
    return lives.filter((life) => isAsked(life, filter));
  }

  points(life: Life, range: Range = {}): LifePoint[] {
    const track = trackOf(this.#database, life.id);
    const era = track && this.#eras.get(track.era);
    if (track === undefined || era === undefined) return [];
    const { started } = life;
    return within(range, this.#parts(track, era, range), (points) =>
      lifePoints(points, { unix: unixOf(era, 0), started }),
    );
  }

  sums(by: SumBy, only: (key: string) => boolean, range: Range = {}): SumSeries[] {
    const found = new Map<string, Track[]>();
    for (const track of tracksOf(this.#database, by, this.#widest(range))) {
      if (!only(track.identity)) continue;
      const tracks = found.get(track.identity);
      if (tracks) tracks.push(track);
      else found.set(track.identity, [track]);
    }
    return [...found].map(([key, tracks]) => ({ by, key, points: () => this.#sumOf(tracks, range) }));
  }

  hosts(range: Range = {}): HostPoint[] {
    return tracksOf(this.#database, 'host', this.#widest(range)).flatMap((track) => {
      const era = this.#eras.get(track.era);
      return era ? within(range, this.#parts(track, era, range), (part) => hostPoints(part, unixOf(era, 0))) : [];
    });
  }

  events(range: Range = {}): Happening[] {
    const rows = this.#database.prepare('SELECT at, era, data FROM events ORDER BY id').all();
    const happenings = rows.flatMap(({ at, era: id, data }): Happening[] => {
      const era = this.#eras.get(Number(id));
      return era ? [{ time: unixOf(era, Number(at)), what: JSON.parse(String(data)) as Happening['what'] }] : [];
    });
    return happenings.filter(({ time }) => isWithin(time, range));
  }

  snapshots(range: Range = {}): Source {
    return play(this.#database, range);
  }

  span(): Required<Range> | undefined {
    const points = this.hosts();
    const [first, last] = [points[0], points.at(-1)];
    return first && last && { since: first.time, until: last.time };
  }

  close(): void {
    // The addon would hold on to it until its statements are collected.
    this.#database.exec('ROLLBACK');
    this.#database.close();
  }

  #sumOf(tracks: readonly Track[], range: Range): SumPoint[] {
    return tracks.flatMap((track) => {
      const era = this.#eras.get(track.era);
      return era ? within(range, this.#parts(track, era, range), (part) => sumPoints(part, unixOf(era, 0))) : [];
    });
  }

  /** A range in the time of history, as it was in any boot. */
  #widest(range: Range): Stretch {
    const stretches = [...this.#eras.values()].map((era) => stretchOf(range, era));
    return { from: Math.min(...stretches.map(({ from }) => from)), to: Math.max(...stretches.map(({ to }) => to)) };
  }

  #lifeOf(track: Track): Life | undefined {
    const era = this.#eras.get(track.era);
    if (era === undefined) return undefined;
    const { id, first, ended } = track;
    const process = processOf(track);
    const until = unixOf(era, ended > 0 ? ended : era.last);
    const started = process.startedAt + era.clock;
    return { id, boot: era.boot, process, started, since: unixOf(era, first), until };
  }

  #parts(track: Track, era: Era, range: Range): Points[] {
    const stretch = stretchOf(range, era);
    const known = this.#known;
    if (known?.stretch.from === stretch.from && known.stretch.to === stretch.to)
      return partsOf(this.#database, track, known.periods);
    const periods = periodsIn(this.#database, stretch);
    this.#known = { stretch, periods };
    return partsOf(this.#database, track, periods);
  }
}

/** The points of blocks that lie within a range. */
function within<P extends { readonly time: number }>(
  range: Range,
  parts: readonly Points[],
  read: (points: Points) => P[],
): P[] {
  return parts.flatMap(read).filter(({ time }) => isWithin(time, range));
}

function isWithin(
  time: number,
  { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY }: Range,
): boolean {
  return time >= since && time <= until;
}

/** A range in the time of history, as it was in a boot. */
function stretchOf({ since, until }: Range, era: Era): Stretch {
  const shift = unixOf(era, 0);
  return { from: (since ?? 0) - shift, to: (until ?? Number.MAX_SAFE_INTEGER) - shift };
}
