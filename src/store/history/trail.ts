import type { Points } from '../../core/history/buckets.ts';
import type { Database } from '../database.ts';
import { blockOf, hasBlock, parentOf, periodsOf, unpack } from './blocks.ts';
import { LEVELS, levelAt } from './schema.ts';
import type { Track } from './tracks.ts';

/** A stretch of history's own time, ms. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Where there is anything, by level: found once for many series. */
export type Periods = readonly (readonly number[])[];

/** The periods in which anything is stored that belongs to a stretch. */
export function periodsIn(database: Database, { from, to }: Stretch): Periods {
  return LEVELS.map(({ period: length }, level) => {
    // What is fresh is at most some hours old, and one block of it may cover any part of them.
    if (level === 0) return [...periodsOf(database, 0)];
    return [...periodsOf(database, level, { from: Math.floor(from / length), to: Math.floor(to / length) + 1 })];
  });
}

/** The points of a series, oldest first, as blocks: the first and the last may reach beyond the stretch. */
export function partsOf(database: Database, track: Track, periods: Periods): Points[] {
  const places = periods.flatMap((all, level) =>
    all.filter((period) => mayHave(track, level, period)).map((period) => ({ level, period, track: track.id })),
  );
  const parts = places.flatMap((place) => {
    const data = blockOf(database, place);
    // While a period is made from those below it, some series have both.
    const points = data && !isCovered(database, place) && unpack(data, track.kind, place.level);
    return points ? [points] : [];
  });
  const begin = ({ columns }: Points): number => columns[0]?.[0] ?? 0;
  return parts.sort((a, b) => begin(a) - begin(b));
}

function mayHave({ first, last, ended }: Track, level: number, period: number): boolean {
  if (level === 0) return period >= first && (ended === 0 || period <= ended + WRITTEN_WITHIN);
  const { period: length } = levelAt(level);
  return (period + 1) * length > first && period * length <= last;
}

function isCovered(database: Database, { level, period, track }: { level: number; period: number; track: number }) {
  if (level === LEVELS.length - 1) return false;
  return hasBlock(database, { level: level + 1, period: parentOf({ level, period }), track });
}

/** The last points of a series are written at most so long after its end, ms: within a minute, or when a full disk takes them again. */
const WRITTEN_WITHIN = 86_400_000;
