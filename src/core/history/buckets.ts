import type { Columns } from './columns.ts';
import { boundedOf, coarseOf, type Figure, type Shape } from './shapes.ts';

/** Points of a series, oldest first. */
export interface Points extends Columns {
  /** Each stands for several: its columns are those of `coarseOf`. */
  readonly coarse: boolean;
}

/**
 * Puts points together that lie in the same bucket of so many ms, counted from time 0: the middle of each figure, weighted by
 * how many points each stands for, and the least and greatest of some; of a figure only those count in which it is known. The time of a bucket is the middle too.
 */
export function toBuckets(parts: readonly Points[], shape: Shape, width: number): Points {
  const target = coarseOf(shape);
  const rows: Float64Array[] = [];
  let open: Bucket | undefined;
  for (const points of parts) {
    for (let index = 0; index < points.count; index += 1) {
      const number = Math.floor((points.columns[0]?.[index] ?? 0) / width);
      if (open?.number !== number) {
        if (open) rows.push(close(open, shape));
        open = begin(number, shape);
      }
      add(open, { points, index }, shape);
    }
  }
  if (open) rows.push(close(open, shape));
  const columns = target.map((_, column) => Float64Array.from(rows, (row) => row[column] ?? 0));
  return { count: rows.length, columns, coarse: true };
}

interface Bucket {
  readonly number: number;
  /** Points in it, and of each figure those in which it is known. */
  count: number;
  readonly known: Float64Array;
  readonly sum: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
}

function begin(number: number, { length }: Shape): Bucket {
  return {
    number,
    count: 0,
    known: new Float64Array(length),
    sum: new Float64Array(length),
    least: new Float64Array(length).fill(Number.POSITIVE_INFINITY),
    most: new Float64Array(length).fill(Number.NEGATIVE_INFINITY),
  };
}

/** The figure of a column, of one point. */
type Cell = (column: number) => number;

function add(bucket: Bucket, { points, index }: { points: Points; index: number }, shape: Shape): void {
  const { columns, coarse } = points;
  const cell: Cell = (column) => columns[column]?.[index] ?? 0;
  const weight = coarse ? cell(shape.length) : 1;
  bucket.count += weight;
  for (let column = 0; column < shape.length; column += 1) {
    const value = cell(column);
    if (!isKnown(shape[column], cell, value)) continue;
    bucket.known[column] = (bucket.known[column] ?? 0) + weight;
    bucket.sum[column] = (bucket.sum[column] ?? 0) + value * weight;
  }
  widen(bucket, { cell, coarse }, shape);
}

function widen(bucket: Bucket, { cell, coarse }: { cell: Cell; coarse: boolean }, shape: Shape): void {
  for (const [order, column] of boundedOf(shape).entries()) {
    if (!isKnown(shape[column], cell, cell(column))) continue;
    const bound = shape.length + 1 + 2 * order;
    const [below, above] = coarse ? [cell(bound), cell(bound + 1)] : [0, 0];
    bucket.least[column] = Math.min(bucket.least[column] ?? 0, cell(column) - below);
    bucket.most[column] = Math.max(bucket.most[column] ?? 0, cell(column) + above);
  }
}

/** Whether a point says anything of a figure. */
function isKnown(figure: Figure | undefined, cell: Cell, value: number): boolean {
  if (figure?.optional && value === 0) return false;
  return figure?.unless === undefined || cell(figure.unless) > 0;
}

function close({ count, known, sum, least, most }: Bucket, shape: Shape): Float64Array {
  const row = [...sum].map((total, column) => Math.round(total / Math.max(1, known[column] ?? 0)));
  const bounds = boundedOf(shape).flatMap((column) => {
    const middle = row[column] ?? 0;
    if (known[column] === 0) return [0, 0];
    return [middle - (least[column] ?? middle), (most[column] ?? middle) - middle];
  });
  return Float64Array.from([...row, count, ...bounds]);
}

/** Sets parts of one series one after the other; those of which each point stands for itself become such that stand for one. */
export function joined(parts: readonly Points[], shape: Shape): Points {
  const coarse = parts.some((part) => part.coarse);
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const width = coarse ? coarseOf(shape).length : shape.length;
  const columns = Array.from({ length: width }, () => new Float64Array(count));
  let at = 0;
  for (const part of parts) {
    for (const [index, column] of columns.entries()) {
      const from = part.columns[index];
      if (from) column.set(from, at);
      else if (index === shape.length) column.fill(1, at, at + part.count);
    }
    at += part.count;
  }
  return { count, columns, coarse };
}
