import { escapeControls } from '../../core/escape.ts';
import type { HistoryReader, HostPoint, LifePoint, SumPoint } from '../../core/history/read.ts';
import type { SharingShift } from '../../core/trend/sharing.ts';
import { growthOf } from './growth.ts';
import type { HistoryBy, HistoryRequest } from './request.ts';

/** A point of whatever it is; sizes in bytes. Of the host it is what its processes left: what was in use. */
export interface Point {
  /** Unix ms. */
  readonly time: number;
  readonly pss: number;
  readonly least: number;
  readonly most: number;
  readonly count: number;
  /** All figures, as they are stored. */
  readonly all: LifePoint | SumPoint | HostPoint;
}

/** A series that may have points. */
interface Series {
  readonly by: HistoryBy;
  /** For people, escaped. */
  readonly name: string;
  /** What it is known by, as it is: a key; of a process more. */
  readonly of: Readonly<Record<string, unknown>>;
  /** Reads all of it anew: what all series of a month hold would not fit into memory. */
  points(): Point[];
}

/** One series that has points, and what it comes to. */
export interface Row extends Series {
  /** Of everything that was seen, bytes. */
  readonly least: number;
  readonly most: number;
  /** What was held when, bytes and Unix ms. */
  readonly times: Float64Array;
  readonly sizes: Float64Array;
  /** How PSS moved from the first point to the last, and why; undefined where that is not known. */
  readonly growth: SharingShift | undefined;
}

/** The series that are asked for, those that held most first. */
export function rowsOf(reader: HistoryReader, request: HistoryRequest): Row[] {
  const rows = seriesOf(reader, request).flatMap((series) => {
    const points = series.points();
    return points.length > 0 ? [{ ...series, ...summaryOf(points) }] : [];
  });
  rows.sort((a, b) => b.most - a.most);
  return rows.slice(0, request.top ?? rows.length);
}

function summaryOf(points: readonly Point[]): Omit<Row, keyof Series> {
  return {
    least: points.reduce((least, point) => Math.min(least, point.least), Number.POSITIVE_INFINITY),
    most: points.reduce((most, point) => Math.max(most, point.most), 0),
    times: Float64Array.from(points, ({ time }) => time),
    sizes: Float64Array.from(points, ({ pss }) => pss),
    growth: growthOf(points.map(({ all }) => all)),
  };
}

function seriesOf(reader: HistoryReader, { by, filter, range }: HistoryRequest): Series[] {
  if (by === 'process') return lives(reader, { filter, range });
  if (by === 'host') return [{ by, name: 'in use', of: {}, points: () => reader.hosts(range).map(ofHost) }];
  const only = filter[by] ?? (() => true);
  return reader.sums(by, only, range).map(({ key, points }) => ({
    ...{ by, name: escapeControls(key), of: { [by]: key } },
    points: () => points().filter(isRead).map(ofSum),
  }));
}

function lives(reader: HistoryReader, { filter, range }: Pick<HistoryRequest, 'filter' | 'range'>): Series[] {
  return reader.lives(filter).map((life) => {
    const { name, pid, start, unit, container, user, exe, build } = life.process;
    const { started, since, until, boot } = life;
    const times = { started: iso(started), since: iso(since), until: iso(until) };
    return {
      by: 'process' as const,
      name: escapeControls(`${name}[${pid}]`),
      of: { name, pid, start, unit, container, user, exe, build, boot, ...times },
      points: () => reader.points(life, range).map(ofLife),
    };
  });
}

function ofLife(all: LifePoint): Point {
  const { time, pss, least, most, count } = all;
  return { time, pss, least: least.pss, most: most.pss, count, all };
}

/** A sum over processes of which none was read yet says nothing: 0 would be a lie. */
function isRead({ read }: SumPoint): boolean {
  return read > 0;
}

function ofSum(all: SumPoint): Point {
  const { time, pss, least, most, count } = all;
  return { time, pss, least, most, count, all };
}

function ofHost(all: HostPoint): Point {
  const { time, total, available, count } = all;
  const used = total - available;
  return { time, pss: used, least: used, most: used, count, all };
}

/** ISO 8601 in UTC. */
export function iso(time: number): string {
  return new Date(time).toISOString();
}
