import type { Expectation } from './columns.ts';

/** One column of a series. */
export interface Figure extends Expectation {
  readonly name: string;
  /** What one is of it, in bytes or ms; 1 for a count. */
  readonly unit: number;
  /** 0 stands for "not known", 1 for 0. */
  readonly optional?: true;
  /** Not known where this column is 0, and 0 itself as a rule. */
  readonly unless?: number;
  /** The least and the greatest are kept as well once points are put together. */
  readonly extremes?: true;
}

/** What the points of a series hold. The first column is the time. */
export type Shape = readonly Figure[];

const KIB = 1024;
/** Tenths of a second: readings come so evenly that their times take next to no room then. */
export const TIME: Figure = { name: 'time', unit: 100, steady: true };

/**
 * An exact reading. The kernel gives kB: nothing is lost. PSS is the sum of its three parts but for rounding, and what is allocated
 * moves anonymous, private, dirty and resident memory alike, so most columns go as those before them do.
 */
export const READING: Shape = [
  TIME,
  { name: 'anon', unit: KIB },
  { name: 'file', unit: KIB },
  { name: 'shmem', unit: KIB },
  { name: 'pss', unit: KIB, as: [1, 2, 3], extremes: true },
  { name: 'uss', unit: KIB, as: [1], extremes: true },
  { name: 'dirty', unit: KIB, as: [1] },
  { name: 'rss', unit: KIB, as: [1] },
  { name: 'swap', unit: KIB, extremes: true },
  { name: 'cpu', unit: 10, steady: true, optional: true },
  { name: 'threads', unit: 1, optional: true },
];

/** The column of the sums that says how many were read: the last readings of none are no sum. */
const READ = 2;

/** The sums over the processes of a name, unit or container: the last readings, and what all of them can hold at most. */
export const SUMS: Shape = [
  TIME,
  { name: 'processes', unit: 1, extremes: true },
  { name: 'read', unit: 1, as: [1], unless: READ },
  { name: 'uss', unit: KIB, unless: READ },
  { name: 'pss', unit: KIB, as: [3], unless: READ, extremes: true },
  { name: 'swap', unit: KIB, unless: READ },
  { name: 'rss', unit: KIB, as: [3] },
  { name: 'most', unit: KIB, as: [4] },
];

/** The host, and what a snapshot cost: CPU and the longest reading in tenths of a millisecond. */
export const HOST: Shape = [
  TIME,
  { name: 'processes', unit: 1 },
  { name: 'exact', unit: 1, extremes: true },
  { name: 'wall', unit: 0.1 },
  { name: 'longest', unit: 0.1, extremes: true },
  { name: 'cpu', unit: 0.1, extremes: true },
  { name: 'total', unit: KIB },
  { name: 'available', unit: KIB, extremes: true },
  { name: 'anon', unit: KIB },
  { name: 'mapped', unit: KIB },
  { name: 'swapTotal', unit: KIB },
  { name: 'swapFree', unit: KIB },
  { name: 'some10', unit: 0.01, optional: true },
  { name: 'some60', unit: 0.01, optional: true },
  { name: 'full10', unit: 0.01, optional: true },
  { name: 'full60', unit: 0.01, optional: true },
];

/** What a series is of. The number is kept. */
export const KINDS = ['host', 'process', 'name', 'unit', 'container'] as const;
export type Kind = (typeof KINDS)[number];

/** The columns of a kind of series. */
export function shapeOf(kind: Kind): Shape {
  if (kind === 'process') return READING;
  return kind === 'host' ? HOST : SUMS;
}

/**
 * The columns of points that were put together: the middle of each figure; then how many points each stands for; then, of those that
 * have them, how far the least lies below the middle and the greatest above it.
 */
export function coarseOf(shape: Shape): Shape {
  const known = COARSE.get(shape);
  if (known) return known;
  const bounds = boundedOf(shape).flatMap((column): Figure[] => {
    const { name = '', unit = 1 } = shape[column] ?? {};
    return [
      { name: `below ${name}`, unit },
      { name: `above ${name}`, unit },
    ];
  });
  const made = [...shape, { name: 'count', unit: 1 }, ...bounds];
  COARSE.set(shape, made);
  return made;
}

/** The columns of which the least and the greatest are kept, in their order. */
export function boundedOf(shape: Shape): readonly number[] {
  const known = BOUNDED.get(shape);
  if (known) return known;
  const made = shape.flatMap(({ extremes }, column) => (extremes ? [column] : []));
  BOUNDED.set(shape, made);
  return made;
}

const BOUNDED = new Map<Shape, readonly number[]>();
const COARSE = new Map<Shape, Shape>();

/** A figure as a column holds it: a whole number. NaN and undefined are "not known". */
export function toCell(value: number | undefined, { unit, optional }: Figure): number {
  const known = value !== undefined && Number.isFinite(value);
  const cell = known ? Math.max(0, Math.round(value / unit)) : 0;
  return optional ? (known ? cell + 1 : 0) : cell;
}

/** What `toCell` made of it; undefined where it is not known. */
export function fromCell(cell: number, { unit, optional }: Figure): number | undefined {
  if (!optional) return cell * unit;
  return cell <= 0 ? undefined : (cell - 1) * unit;
}
