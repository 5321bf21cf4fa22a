import type { PastReading } from '../history/past.ts';
import type { ExactReading } from '../types.ts';

/** What is said of a process at one moment of the past. */
export interface Sighting {
  /** Uptime, ms. */
  readonly at: number;
  readonly reading: ExactReading;
  readonly cpu: number | undefined;
  readonly threads: number | undefined;
  /** Uptime of these two, ms. */
  readonly loadAt: number;
}

/** How the readings of a life are seen again. */
export interface Manner {
  /** A history wants a reading this often, ms. */
  readonly every: number;
  /** It is its target's only process. */
  readonly alone: boolean;
}

/** A stretch is seen at most so often: finer buckets than that learn nothing from it. */
const MOST_OF_STRETCH = 4;
/** A process that stands still is seen at most so often between two readings. */
const MOST_STILL = 5_000;
/** From this many times `every` on there is a gap. */
const GAP = 1.5;

/** What one reading, and the time since the one before it, say of a process, oldest first. */
export function sightingsOf(before: PastReading | undefined, now: PastReading, manner: Manner): Sighting[] {
  const still = before && now.at - before.at > GAP * manner.every && isSame(before.reading, now.reading);
  const all = seen(now, manner);
  return still ? [...meanwhile(before, now, manner.every), ...all] : all;
}

/**
 * Nobody reads a process again and again that has not moved: where not a page of it has changed between two readings, it
 * stood still, and held in between what it held before.
 */
function meanwhile(before: PastReading, now: PastReading, every: number): Sighting[] {
  const span = now.at - before.at;
  const count = Math.min(MOST_STILL, Math.ceil(span / every) - 1);
  return Array.from({ length: count }, (_, index) => {
    const share = (index + 1) / (count + 1);
    const at = before.at + share * span;
    const cpu = before.cpu === undefined || now.cpu === undefined ? undefined : mix(before.cpu, now.cpu, share);
    return sighting(at, before.reading, { ...before, cpu, at });
  });
}

/**
 * A stretch holds its least all the way, and its most once. Of several processes neither is their sum's, as they need not
 * coincide: the middle lies between, and a sum of leasts would seem to rise where readings begin to stand for themselves.
 */
function seen(now: PastReading, { every, alone }: Manner): Sighting[] {
  const { stretch, reading, at } = now;
  if (stretch === undefined) return [sighting(at, reading, now)];
  const { begin, length, least, most } = stretch;
  const count = Math.min(MOST_OF_STRETCH, Math.max(1, Math.ceil(length / every)));
  const held = alone ? least : reading;
  const moments = Array.from({ length: count }, (_, index) => begin + ((index + 0.5) * length) / count);
  const [first = at] = moments;
  const peak = alone ? [sighting(first - 1, most, now)] : [];
  return [...peak, ...moments.map((moment) => sighting(moment, held, now))];
}

type Load = Pick<PastReading, 'cpu' | 'threads' | 'at'>;

function sighting(at: number, reading: ExactReading, { cpu, threads, at: loadAt }: Load): Sighting {
  return { at, reading: reading.at === at ? reading : { ...reading, at }, cpu, threads, loadAt };
}

function isSame(one: ExactReading, other: ExactReading): boolean {
  return one.anon === other.anon && one.uss === other.uss && one.rss === other.rss && one.swapPss === other.swapPss;
}

function mix(one: number, other: number, share: number): number {
  return one + share * (other - one);
}
