import type { Range } from '../../core/history/read.ts';
import { HOST, READING } from '../../core/history/shapes.ts';
import type { ExactReading, HostMemory, ProcessInfo, ProcessSample, Snapshot, Source } from '../../core/types.ts';
import type { Database } from '../database.ts';
import { type Row, rowsOf } from './decode.ts';
import { allEras, type KeptEra, unixOf, uptimeOf } from './eras.ts';
import { processOf } from './match.ts';
import { levelAt } from './schema.ts';
import { earlierThan, type Portion, portionsOf, segmentsOf } from './segments.ts';
import type { Track } from './tracks.ts';

/** A process on its way through time. */
interface Actor {
  readonly track: Track;
  readonly process: ProcessInfo;
  rows: readonly Row[];
  /** The row that comes next. */
  next: number;
  last: ExactReading | undefined;
}

/**
 * The stored history as snapshots, one for each that was taken or, where points were put together, for each bucket. A process is in all
 * of them from its first reading to its end; in those in which it was read it is exact.
 */
export async function* play(database: Database, range: Range): Source {
  const stage = new Map<number, Actor>();
  const eras = allEras(database);
  const stretch = widest(range, eras);
  for (const portion of earlierThan(database, stretch.from)) enter(stage, portion);
  for (const segment of segmentsOf(database, stretch)) {
    const portions = portionsOf(database, segment);
    for (const portion of portions) if (portion.track.kind === 'process') enter(stage, portion);
    for (const scene of scenesOf(portions, eras, bucketOf(segment.places))) {
      const snapshot = snapshotOf(scene, stage);
      if (isAsked(snapshot, range)) yield snapshot;
    }
  }
}

/** Each moment at which the host was looked at, oldest first. */
function scenesOf(portions: readonly Portion[], eras: ReadonlyMap<number, KeptEra>, bucket: number): Scene[] {
  const hosts = portions.filter(({ track }) => track.kind === 'host').sort((a, b) => a.track.id - b.track.id);
  return hosts.flatMap(({ track, parts }) => {
    const era = eras.get(track.era);
    if (era === undefined) return [];
    // What was put together has buckets for snapshots.
    return parts.flatMap((points) =>
      rowsOf(points, HOST).map((row) => ({ row, era, width: points.coarse ? bucket : 0 })),
    );
  });
}

function widest(range: Range, eras: ReadonlyMap<number, KeptEra>): { from: number; to: number } {
  const shifts = [...eras.values()].map((era) => unixOf(era, 0));
  return {
    from: (range.since ?? 0) - Math.max(0, ...shifts),
    to: (range.until ?? Number.MAX_SAFE_INTEGER) - Math.min(0, ...shifts),
  };
}

function bucketOf(places: readonly { readonly level: number }[]): number {
  return levelAt(places[0]?.level ?? 0).width;
}

function enter(stage: Map<number, Actor>, { track, parts }: Portion): void {
  const rows = parts.flatMap((points) => rowsOf(points, READING)).sort((a, b) => a.time - b.time);
  const known = stage.get(track.id);
  stage.set(track.id, {
    track,
    process: known?.process ?? processOf(track),
    rows,
    next: 0,
    last: known?.last,
  });
}

interface Scene {
  readonly row: Row;
  readonly era: KeptEra;
  /** Of a bucket, ms; 0 where it is a snapshot. */
  readonly width: number;
}

function snapshotOf({ row, era, width }: Scene, stage: Map<number, Actor>): Snapshot {
  const uptime = uptimeOf(era, row.time);
  const processes: ProcessSample[] = [];
  for (const [id, actor] of stage) {
    const { track } = actor;
    if (track.era < era.id || (track.ended > 0 && track.ended < row.time)) {
      stage.delete(id);
      continue;
    }
    const sample = track.era === era.id ? sampleOf(actor, { time: row.time, uptime, width }) : undefined;
    if (sample) processes.push(sample);
  }
  const { boot, host } = era;
  const figure = (name: string): number => row.figure(name) ?? 0;
  const cost = { exact: figure('exact'), wall: figure('wall'), longest: figure('longest'), cpu: figure('cpu') };
  return { time: unixOf(era, row.time), uptime, boot, host, memory: memoryOf(row), processes, gone: 0, cost };
}

interface Moment {
  readonly time: number;
  readonly uptime: number;
  readonly width: number;
}

/** Moves a process on; undefined where it was not read yet. */
function sampleOf(actor: Actor, { time, uptime, width }: Moment): ProcessSample | undefined {
  const slot = (at: number): number => (width > 0 ? Math.floor(at / width) : at);
  const now = slot(time);
  let read: Row | undefined;
  for (let row = actor.rows[actor.next]; row && slot(row.time) <= now; row = actor.rows[actor.next]) {
    read = row;
    actor.next += 1;
  }
  const { process } = actor;
  if (read) actor.last = readingOf(read, read.time - time + uptime);
  const { last } = actor;
  if (last === undefined) return undefined;
  const sample = { process, rss: last.rss, swap: last.swapPss };
  if (read === undefined || slot(read.time) !== now) return { ...sample, last };
  const [cpu, threads] = [read.figure('cpu'), read.figure('threads')];
  const exact = { ...last, at: uptime };
  return {
    ...sample,
    exact,
    last: exact,
    ...(cpu !== undefined && { cpu }),
    ...(threads !== undefined && { threads }),
  };
}

function readingOf({ figure }: Row, at: number): ExactReading {
  const size = (name: string): number => figure(name) ?? 0;
  return {
    ...{ at, pss: size('pss'), swapPss: size('swap'), rss: size('rss'), uss: size('uss') },
    ...{ anon: size('anon'), file: size('file'), shmem: size('shmem'), dirty: size('dirty') },
  };
}

/** The host's memory as a row of it has it. */
export function memoryOf({ figure }: Row): HostMemory {
  const size = (name: string): number => figure(name) ?? 0;
  const some10 = figure('some10');
  const pressure = { some10: some10 ?? 0, some60: size('some60'), full10: size('full10'), full60: size('full60') };
  return {
    ...{ total: size('total'), available: size('available'), anon: size('anon'), mapped: size('mapped') },
    ...{ swapTotal: size('swapTotal'), swapFree: size('swapFree') },
    ...(some10 !== undefined && { pressure }),
  };
}

function isAsked({ time }: Snapshot, { since = 0, until = Number.POSITIVE_INFINITY }: Range): boolean {
  return time >= since && time <= until;
}
