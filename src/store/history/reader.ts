import { existsSync } from 'node:fs';
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
import { partsOf, periodsIn, type Stretch } from './trail.ts';

/**
 * Opens the history of a state folder to read, also while a daemon writes it.
 * @throws StoreError where there is none, or it can't be read: `newer` where a later version wrote it.
 */
export async function openHistory(folder: string): Promise<HistoryReader> {
  const path = historyPath(folder);
  if (!existsSync(path)) throw new StoreError('unwritable', `there is no history in ${folder}`);
  const database = openDatabase(await driver(), path, { reads: true });
  try {
    const version = Number(database.prepare('PRAGMA user_version').all()[0]?.user_version ?? 0);
    if (version > MIGRATIONS.length) throw new StoreError('newer', `a later version wrote ${path}`);
    if (version < MIGRATIONS.length)
      throw new StoreError(
        'unwritable',
        `an earlier version wrote ${path}: it is brought up to date when psstop watch is started`,
      );
    return new StoredHistory(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A class, as it holds a database. */
class StoredHistory implements HistoryReader {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  lives(filter: LifeFilter = {}): Life[] {
    const eras = this.#eras();
    const lives = tracksOf(this.#database, ['process']).flatMap((track) => {
      const life = this.#lifeOf(track, eras);
      return life ? [life] : [];
    });
    return lives.filter((life) => isAsked(life, filter));
  }

  points(life: Life, range: Range = {}): LifePoint[] {
    const track = trackOf(this.#database, life.id);
    const era = track && this.#eras().get(track.era);
    if (track === undefined || era === undefined) return [];
    const { started } = life;
    return within(range, this.#parts(track, era, range), (points) =>
      lifePoints(points, { unix: unixOf(era, 0), started }),
    );
  }

  sums(by: SumBy, only: (key: string) => boolean, range: Range = {}): SumSeries[] {
    const eras = this.#eras();
    const found = new Map<string, SumPoint[]>();
    for (const track of tracksOf(this.#database, [by])) {
      const era = eras.get(track.era);
      if (era === undefined || !only(track.identity)) continue;
      const points = within(range, this.#parts(track, era, range), (part) => sumPoints(part, unixOf(era, 0)));
      found.set(track.identity, [...(found.get(track.identity) ?? []), ...points]);
    }
    return [...found].flatMap(([key, points]) => (points.length > 0 ? [{ by, key, points }] : []));
  }

  hosts(range: Range = {}): HostPoint[] {
    const eras = this.#eras();
    return tracksOf(this.#database, ['host']).flatMap((track) => {
      const era = eras.get(track.era);
      return era ? within(range, this.#parts(track, era, range), (part) => hostPoints(part, unixOf(era, 0))) : [];
    });
  }

  events(range: Range = {}): Happening[] {
    const eras = this.#eras();
    const rows = this.#database.prepare('SELECT at, era, data FROM events ORDER BY id').all();
    const happenings = rows.flatMap(({ at, era: id, data }): Happening[] => {
      const era = eras.get(Number(id));
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
    this.#database.close();
  }

  #eras(): Map<number, KeptEra> {
    return allEras(this.#database);
  }

  #lifeOf(track: Track, eras: ReadonlyMap<number, KeptEra>): Life | undefined {
    const era = eras.get(track.era);
    if (era === undefined) return undefined;
    const { id, first, ended } = track;
    const process = processOf(track);
    const until = unixOf(era, ended > 0 ? ended : era.last);
    const started = process.startedAt + era.clock;
    return { id, boot: era.boot, process, started, since: unixOf(era, first), until };
  }

  #parts(track: Track, era: Era, range: Range): Points[] {
    return partsOf(this.#database, track, periodsIn(this.#database, stretchOf(range, era)));
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
