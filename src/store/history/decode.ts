import type { Points } from '../../core/history/buckets.ts';
import type { HostPoint, LifePoint, SumPoint } from '../../core/history/read.ts';
import { fromCell, HOST, READING, type Shape, SUMS } from '../../core/history/shapes.ts';

/** The figures of one point by name. */
export interface Row {
  /** Time of history, ms. */
  readonly time: number;
  figure(name: string): number | undefined;
}

/** What reads the points of a shape, for where few figures of many points are asked for. */
export function rowsOf(points: Points, shape: Shape): Row[] {
  const places = new Map(shape.map(({ name }, index) => [name, index]));
  return Array.from({ length: points.count }, (_, index): Row => {
    const figure = (name: string): number | undefined => {
      const column = places.get(name) ?? 0;
      const known = shape[column];
      return known && fromCell(points.columns[column]?.[index] ?? 0, known);
    };
    return { time: figure('time') ?? 0, figure };
  });
}

/** Reads a figure of a point by the point's number. */
type Figure = (index: number) => number;

/** What reads the columns of points, by the names of their figures. */
interface Columns {
  /** A figure that is always known; 0 where it is not. */
  of(name: string): Figure;
  /** A figure that may be unknown. */
  maybe(name: string): (index: number) => number | undefined;
  /** How many readings a point stands for. */
  count(): Figure;
  least(name: string): Figure;
  most(name: string): Figure;
}

/** Columns are looked up once for all points of a block: a month has millions. */
function columnsOf({ columns, coarse }: Points, shape: Shape): Columns {
  const maybe = (name: string): ((index: number) => number | undefined) => {
    const place = shape.findIndex((figure) => figure.name === name);
    const [figure, column] = [shape[place], columns[place]];
    if (figure === undefined || column === undefined) return () => undefined;
    return (index) => fromCell(column[index] ?? 0, figure);
  };
  const of = (name: string): Figure => {
    const known = maybe(name);
    return (index) => known(index) ?? 0;
  };
  // How far it lies from the middle is kept where points were put together.
  const bound = (name: string, which: 0 | 1): Figure => {
    const middle = of(name);
    if (!coarse) return middle;
    const bounded = shape.filter(({ extremes }) => extremes);
    const place = bounded.findIndex((figure) => figure.name === name);
    const column = columns[shape.length + 1 + 2 * place + which];
    const unit = (which === 0 ? -1 : 1) * (bounded[place]?.unit ?? 1);
    return (index) => middle(index) + (column?.[index] ?? 0) * unit;
  };
  const counts = coarse ? columns[shape.length] : undefined;
  return {
    of,
    maybe,
    count: () => (index) => counts?.[index] ?? 1,
    least: (name) => bound(name, 0),
    most: (name) => bound(name, 1),
  };
}

function each<P>({ count }: Points, read: (index: number) => P): P[] {
  return Array.from({ length: count }, (_, index) => read(index));
}

/** The points of a life. `unix` is what is to be added to a time of history for Unix time, `started` the process's own start in Unix ms. */
export function lifePoints(points: Points, { unix, started }: { unix: number; started: number }): LifePoint[] {
  const columns = columnsOf(points, READING);
  const [at, count] = [columns.of('time'), columns.count()];
  const [pss, swap, rss, uss] = [columns.of('pss'), columns.of('swap'), columns.of('rss'), columns.of('uss')];
  const [anon, file, shmem] = [columns.of('anon'), columns.of('file'), columns.of('shmem')];
  const [dirty, cpu, threads] = [columns.of('dirty'), columns.maybe('cpu'), columns.maybe('threads')];
  const [leastPss, leastUss, leastSwap] = [columns.least('pss'), columns.least('uss'), columns.least('swap')];
  const [mostPss, mostUss, mostSwap] = [columns.most('pss'), columns.most('uss'), columns.most('swap')];
  return each(points, (i): LifePoint => {
    const time = at(i) + unix;
    const point: { -readonly [K in keyof LifePoint]: LifePoint[K] } = {
      time,
      age: Math.max(0, time - started),
      count: count(i),
      pss: pss(i),
      swap: swap(i),
      rss: rss(i),
      uss: uss(i),
      anon: anon(i),
      file: file(i),
      shmem: shmem(i),
      dirty: dirty(i),
      least: { pss: leastPss(i), uss: leastUss(i), swap: leastSwap(i) },
      most: { pss: mostPss(i), uss: mostUss(i), swap: mostSwap(i) },
    };
    const [spent, running] = [cpu(i), threads(i)];
    if (spent !== undefined) point.cpu = spent;
    if (running !== undefined) point.threads = running;
    return point;
  });
}

/** The points of a sum. */
export function sumPoints(points: Points, unix: number): SumPoint[] {
  const columns = columnsOf(points, SUMS);
  const [at, count, processes, read] = [
    columns.of('time'),
    columns.count(),
    columns.of('processes'),
    columns.of('read'),
  ];
  const [pss, swap, uss, rss] = [columns.of('pss'), columns.of('swap'), columns.of('uss'), columns.of('rss')];
  const [atMost, least, most] = [columns.of('most'), columns.least('pss'), columns.most('pss')];
  return each(points, (i) => ({
    time: at(i) + unix,
    count: count(i),
    processes: processes(i),
    read: read(i),
    pss: pss(i),
    swap: swap(i),
    uss: uss(i),
    rss: rss(i),
    atMost: atMost(i),
    least: least(i),
    most: most(i),
  }));
}

/** The points of the host. */
export function hostPoints(points: Points, unix: number): HostPoint[] {
  const columns = columnsOf(points, HOST);
  const [at, count, processes, exact] = [
    columns.of('time'),
    columns.count(),
    columns.of('processes'),
    columns.of('exact'),
  ];
  const [cpu, wall, longest] = [columns.of('cpu'), columns.of('wall'), columns.of('longest')];
  const [total, available] = [columns.of('total'), columns.of('available')];
  return each(points, (i) => ({
    time: at(i) + unix,
    count: count(i),
    processes: processes(i),
    exact: exact(i),
    cpu: cpu(i),
    wall: wall(i),
    longest: longest(i),
    total: total(i),
    available: available(i),
  }));
}
