import type { Points } from '../../core/history/buckets.ts';
import type { Database } from '../database.ts';
import { blocksIn, childrenOf, parentOf, periodsOf, unpack } from './blocks.ts';
import { LEVELS, levelAt } from './schema.ts';
import { type Track, trackOf, tracksAt } from './tracks.ts';
import { partsOf, periodsIn, type Stretch } from './trail.ts';

/** Periods that are read together, the coarsest first: one alone as a rule, with those that it is being made from else. */
export interface Segment {
  readonly begin: number;
  readonly end: number;
  readonly places: readonly { readonly level: number; readonly period: number }[];
}

/** What a segment holds of one series. */
export interface Portion {
  readonly track: Track;
  readonly parts: Points[];
}

/** All of a stretch, cut into segments, oldest first. */
export function segmentsOf(database: Database, { from, to }: Stretch): Segment[] {
  const segments: Segment[] = [];
  const covered = new Set<string>();
  for (let level = LEVELS.length - 1; level > 0; level -= 1) {
    const { period: length } = levelAt(level);
    for (const period of periodsBelow(database, level)) {
      if (covered.has(`${level} ${period}`)) continue;
      const places = withChildren(database, level, period);
      for (const place of places) covered.add(`${place.level} ${place.period}`);
      segments.push({ begin: period * length, end: (period + 1) * length, places });
    }
  }
  return segments.filter(({ begin, end }) => end > from && begin <= to).sort((a, b) => a.begin - b.begin);
}

/** The periods of a level that are stored, and those that fresh blocks will be made into. */
function periodsBelow(database: Database, level: number): Iterable<number> {
  const periods = new Set(periodsOf(database, level));
  if (level === 1) for (const period of periodsOf(database, 0)) periods.add(parentOf({ level: 0, period }));
  return periods;
}

function withChildren(database: Database, level: number, period: number): { level: number; period: number }[] {
  if (level === 0) return [{ level, period }];
  const children = periodsOf(database, level - 1, childrenOf({ level, period }));
  return [{ level, period }, ...[...children].flatMap((child) => withChildren(database, level - 1, child))];
}

/** Everything in a segment, by series. */
export function portionsOf(database: Database, { places }: Segment): Portion[] {
  const portions = new Map<number, OfLevel>();
  for (const { level, period } of places) {
    for (const { track, data } of blocksIn(database, level, period)) {
      const portion = portions.get(track) ?? begin(database, track, level);
      // What a series has of a coarser level was made from this.
      if (portion === undefined || portion.level > level) continue;
      portions.set(track, portion);
      portion.parts.push(...read(data, portion));
    }
  }
  return [...portions.values()];
}

interface OfLevel extends Portion {
  readonly level: number;
}

function begin(database: Database, id: number, level: number): OfLevel | undefined {
  const track = trackOf(database, id);
  return track && { track, level, parts: [] };
}

function read(data: Uint8Array, { track, level }: OfLevel): Points[] {
  const points = unpack(data, track.kind, level);
  return points ? [points] : [];
}

/** Of whoever went on at a time of history, and was read before it alone, what holds the last reading. */
export function earlierThan(database: Database, time: number): Portion[] {
  return tracksAt(database, time).flatMap((track) => {
    const periods = periodsIn(database, { from: track.last, to: track.last }).map((all, level) =>
      level > 0 ? all : [],
    );
    const parts = partsOf(database, track, periods);
    return parts.length > 0 ? [{ track, parts }] : [];
  });
}
