import { joined, type Points, toBuckets } from '../../core/history/buckets.ts';
import { type Kind, shapeOf, TIME } from '../../core/history/shapes.ts';
import type { Database } from '../database.ts';
import {
  blockOf,
  childrenOf,
  dropBlocks,
  hasBlock,
  type Place,
  pack,
  parentOf,
  periodsOf,
  putBlock,
  tracksIn,
  unpack,
} from './blocks.ts';
import { LEVELS, levelAt } from './schema.ts';
import { kindOf, moveTrack } from './tracks.ts';

/** Blocks that are dropped in one step. */
const DROPPED = 100;

/** A step of work: some milliseconds at most. */
export type Work = Generator<undefined, void>;

/** Puts together what has become old enough, level by level. Each step leaves everything readable, whenever it ends. */
export function* promote(database: Database, now: number): Work {
  for (let level = 1; level < LEVELS.length; level += 1) {
    for (let period = nextOf(database, level, now); period !== undefined; period = nextOf(database, level, now)) {
      yield* promoteOne(database, { level, period });
    }
  }
}

/** The oldest period of a level that is to be made now. */
function nextOf(database: Database, level: number, now: number): number | undefined {
  for (const child of periodsOf(database, level - 1)) {
    const period = parentOf({ level: level - 1, period: child });
    const { period: length, after } = levelAt(level);
    return (period + 1) * length + after <= now ? period : undefined;
  }
  return undefined;
}

function* promoteOne(database: Database, place: Omit<Place, 'track'>): Work {
  const below = place.level - 1;
  const children = [...periodsOf(database, below, childrenOf(place))];
  const tracks = new Set<number>();
  for (const period of children) {
    for (const track of tracksIn(database, below, period)) tracks.add(track);
    yield;
  }
  // In their order: pages are full then.
  for (const track of [...tracks].sort((a, b) => a - b)) {
    promoteTrack(database, { ...place, track }, children);
    yield;
  }
  for (const period of children) {
    while (dropBlocks(database, { level: below, period }, DROPPED) === DROPPED) yield;
    yield;
  }
}

function promoteTrack(database: Database, place: Place, children: readonly number[]): void {
  // It was made before psstop ended, and some of the blocks that it was made of may be gone.
  if (hasBlock(database, place)) return;
  const kind = kindOf(database, place.track);
  if (kind === undefined) return;
  const parts = children.flatMap((period) => read(database, { ...place, level: place.level - 1, period }, kind));
  const shape = shapeOf(kind);
  const { width } = levelAt(place.level);
  const points = width > 0 ? toBuckets(parts, shape, width / TIME.unit) : joined(parts, shape);
  if (points.count === 0) return;
  putBlock(database, place, pack(points, kind, place.level));
  const last = points.columns[0]?.[points.count - 1] ?? 0;
  moveTrack(database, place.track, Math.ceil(last * TIME.unit));
}

function read(database: Database, place: Place, kind: Kind): Points[] {
  const data = blockOf(database, place);
  const points = data && unpack(data, kind, place.level);
  return points ? [points] : [];
}
