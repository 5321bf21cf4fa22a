import type { Points } from '../../core/history/buckets.ts';
import type { HostPoint, LifePoint, SumPoint } from '../../core/history/read.ts';
import { fromCell, HOST, READING, type Shape, SUMS } from '../../core/history/shapes.ts';

/** The figures of one point by name; those with extremes as `least` and `most` too. */
export interface Row {
  /** Time of history, ms. */
  readonly time: number;
  readonly count: number;
  figure(name: string): number | undefined;
  least(name: string): number;
  most(name: string): number;
}

/** What reads the points of a shape. Columns are looked up once. */
export function rowsOf(points: Points, shape: Shape): Row[] {
  const { columns, coarse, count } = points;
  const places = new Map(shape.map(({ name }, index) => [name, index]));
  const bounds = new Map(shape.filter(({ extremes }) => extremes).map(({ name }, index) => [name, index]));
  return Array.from({ length: count }, (_, index): Row => {
    const cell = (column: number): number => columns[column]?.[index] ?? 0;
    const figure = (name: string): number | undefined => {
      const column = places.get(name) ?? 0;
      const known = shape[column];
      return known && fromCell(cell(column), known);
    };
    const bound = (name: string, which: number): number => {
      const middle = figure(name) ?? 0;
      if (!coarse) return middle;
      const unit = shape[places.get(name) ?? 0]?.unit ?? 1;
      const off = cell(shape.length + 1 + 2 * (bounds.get(name) ?? 0) + which) * unit;
      return which === 0 ? middle - off : middle + off;
    };
    return {
      time: figure('time') ?? 0,
      count: coarse ? cell(shape.length) : 1,
      figure,
      least: (name) => bound(name, 0),
      most: (name) => bound(name, 1),
    };
  });
}

/** The points of a life. `unix` is what is to be added to a time of history for Unix time, `started` the process's own start in Unix ms. */
export function lifePoints(points: Points, { unix, started }: { unix: number; started: number }): LifePoint[] {
  return rowsOf(points, READING).map(({ time, count, figure, least, most }) => {
    const at = (name: string): number => figure(name) ?? 0;
    const [cpu, threads] = [figure('cpu'), figure('threads')];
    return {
      ...{ time: time + unix, age: Math.max(0, time + unix - started), count },
      ...{ pss: at('pss'), swap: at('swap'), rss: at('rss'), uss: at('uss'), anon: at('anon') },
      ...{ file: at('file'), shmem: at('shmem'), dirty: at('dirty') },
      ...(cpu !== undefined && { cpu }),
      ...(threads !== undefined && { threads }),
      least: { pss: least('pss'), uss: least('uss'), swap: least('swap') },
      most: { pss: most('pss'), uss: most('uss'), swap: most('swap') },
    };
  });
}

/** The points of a sum. */
export function sumPoints(points: Points, unix: number): SumPoint[] {
  return rowsOf(points, SUMS).map(({ time, count, figure, least, most }) => {
    const at = (name: string): number => figure(name) ?? 0;
    return {
      ...{ time: time + unix, count, processes: at('processes'), read: at('read'), pss: at('pss'), swap: at('swap') },
      ...{ uss: at('uss'), rss: at('rss'), atMost: at('most'), least: least('pss'), most: most('pss') },
    };
  });
}

/** The points of the host. */
export function hostPoints(points: Points, unix: number): HostPoint[] {
  return rowsOf(points, HOST).map(({ time, count, figure }) => {
    const at = (name: string): number => figure(name) ?? 0;
    return {
      ...{ time: time + unix, count, processes: at('processes'), exact: at('exact'), cpu: at('cpu') },
      ...{ wall: at('wall'), longest: at('longest'), total: at('total'), available: at('available') },
    };
  });
}
