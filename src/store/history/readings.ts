import type { Points } from '../../core/history/buckets.ts';
import type { PastReading } from '../../core/history/past.ts';
import { boundedOf, READING } from '../../core/history/shapes.ts';
import type { ExactReading } from '../../core/types.ts';

const KIB = 1024;
const COLUMN = Object.fromEntries(READING.map(({ name }, index) => [name, index])) as Record<Column, number>;
type Column = 'time' | 'anon' | 'file' | 'shmem' | 'pss' | 'uss' | 'dirty' | 'rss' | 'swap' | 'cpu' | 'threads';

/** Where the least and the greatest of a figure lie: behind how many points each stands for. */
const BOUND = Object.fromEntries(
  boundedOf(READING).map((column, order) => [READING[column]?.name, READING.length + 1 + 2 * order]),
) as Record<'pss' | 'uss' | 'swap', number>;

/** Where the points stand: what is to be added to an uptime for their time, and the length of the buckets that they were put into, ms. */
interface Frame {
  readonly base: number;
  readonly width: number;
}

/** The points of a life as readings. Hot: all that is stored of a host may go this way at a start. */
export function readingsOf(points: Points, frame: Frame): PastReading[] {
  const readings: PastReading[] = [];
  for (let index = 0; index < points.count; index += 1) readings.push(readingAt(points, index, frame));
  return readings;
}

function readingAt(points: Points, index: number, { base, width }: Frame): PastReading {
  const { columns, coarse } = points;
  const time = (columns[COLUMN.time]?.[index] ?? 0) * UNIT_OF_TIME;
  const at = time - base;
  const reading = {
    at,
    pss: sizeAt(columns, COLUMN.pss, index),
    swapPss: sizeAt(columns, COLUMN.swap, index),
    rss: sizeAt(columns, COLUMN.rss, index),
    uss: sizeAt(columns, COLUMN.uss, index),
    anon: sizeAt(columns, COLUMN.anon, index),
    file: sizeAt(columns, COLUMN.file, index),
    shmem: sizeAt(columns, COLUMN.shmem, index),
    dirty: sizeAt(columns, COLUMN.dirty, index),
  };
  // 0 stands for what is not known.
  const cpu = (columns[COLUMN.cpu]?.[index] ?? 0) - 1;
  const threads = (columns[COLUMN.threads]?.[index] ?? 0) - 1;
  const load = { cpu: cpu < 0 ? undefined : cpu * UNIT_OF_CPU, threads: threads < 0 ? undefined : threads };
  if (!coarse) return { at, reading, ...load, stretch: undefined };
  const begin = Math.floor(time / width) * width - base;
  const least = moved(reading, -1, (figure) => sizeAt(columns, BOUND[figure], index));
  const most = moved(reading, 1, (figure) => sizeAt(columns, BOUND[figure] + 1, index));
  return { at, reading, ...load, stretch: { begin, length: width, least, most } };
}

function sizeAt(columns: readonly Float64Array[], column: number, index: number): number {
  return (columns[column]?.[index] ?? 0) * KIB;
}

const UNIT_OF_TIME = READING[COLUMN.time]?.unit ?? 1;
const UNIT_OF_CPU = READING[COLUMN.cpu]?.unit ?? 1;

/** A reading in which PSS, USS and swap are so much greater or less: what comes and goes within minutes is anonymous memory, and what else is anonymous goes along. */
function moved(reading: ExactReading, way: 1 | -1, off: (figure: keyof typeof BOUND) => number): ExactReading {
  const pss = way * off('pss');
  return {
    ...reading,
    pss: Math.max(0, reading.pss + pss),
    uss: Math.max(0, reading.uss + way * off('uss')),
    swapPss: Math.max(0, reading.swapPss + way * off('swap')),
    anon: Math.max(0, reading.anon + pss),
    dirty: Math.max(0, reading.dirty + pss),
    rss: Math.max(0, reading.rss + pss),
  };
}
