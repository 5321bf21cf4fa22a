import { FLOOR, RING } from './trend/level-ring.ts';
import type { Levels } from './trend/levels.ts';
import type { Curve, HistoryWant, SeriesWant, Snapshot, TargetView, Unit, Verdict } from './types.ts';

/** So many values a curve has at most. */
const MOST_VALUES = 64;
/** Fewer show nothing. */
const FEWEST_VALUES = 3;
/** Values are multiples of a power of two that leaves them so many steps: more can't be drawn, and would be kept with each message. */
const STEPS = 4096;
/** Of histories over weeks, two days are shown at most: this level is the coarsest. */
const COARSEST = 2;
const BARS = '▁▂▃▄▅▆▇█';

/** A figure at an uptime, ms. */
interface Point {
  readonly at: number;
  readonly value: number;
}

/** A track as plain data: unit, least time between two points in ms, and times and values in turn. */
export interface SavedTrack {
  readonly unit: Unit;
  readonly apart: number;
  readonly points: readonly number[];
}

/** How the value of an alert has gone since it was pending, where its condition keeps no history that can be shown. Bounded: when it is full, every second point goes. */
export class Track {
  #points: Point[] = [];
  unit: Unit = 'bytes';
  /** Points closer together than this are left out, ms. */
  #apart = 0;

  /** Takes what the condition found. A bound is no value: it would make a jump where none was. */
  add(at: number, { value, unit, rough }: Verdict): void {
    const last = this.#points.at(-1);
    if (rough || !Number.isFinite(value) || (last !== undefined && at - last.at < this.#apart)) return;
    if (unit !== this.unit) this.#points = [];
    this.unit = unit;
    this.#points.push({ at, value });
    if (this.#points.length < MOST_VALUES) return;
    this.#points = this.#points.filter((_, index) => index % 2 === 0);
    this.#apart = ((at - (this.#points[0]?.at ?? at)) / MOST_VALUES) * 1.5;
  }

  get points(): readonly Point[] {
    return this.#points;
  }

  /** For those who keep it over a restart. */
  save(): SavedTrack {
    const points = this.#points.flatMap(({ at, value }) => [Math.round(at), value]);
    return { unit: this.unit, apart: Math.round(this.#apart), points };
  }

  /** The track that was saved. */
  static of({ unit, apart, points }: SavedTrack): Track {
    const track = new Track();
    track.unit = unit;
    track.#apart = apart;
    for (let index = 0; index + 1 < points.length; index += 2) {
      track.#points.push({ at: points[index] ?? 0, value: points[index + 1] ?? 0 });
    }
    return track;
  }
}

/** What of a target can be drawn. */
interface Drawn extends TargetView {
  readonly rule: { readonly when: { readonly wants: readonly SeriesWant[] } };
  track: Track | undefined;
}

/** Notes what a condition found, while there is something to tell of it. */
export function follow(target: Drawn, verdict: Verdict | undefined): void {
  if (verdict === undefined || isShown(target)) return;
  target.track ??= new Track();
  target.track.add(target.snapshot.uptime, verdict);
}

/** Whether its condition keeps a history that people can be shown. */
export function isShown({ rule }: Pick<Drawn, 'rule'>): boolean {
  return rule.when.wants.some(({ shows }) => shows !== undefined);
}

/**
 * The last hours of a target as far as they were kept: its history, else that of its twin in another rule, else its values since
 * the alert was pending; undefined where that is too little. @param snapshot the one in which it is told: the target may have been
 * seen last before the program was started.
 */
export function curveOf(
  target: Drawn,
  { twin, snapshot }: { twin: Drawn | undefined; snapshot: Snapshot },
): Curve | undefined {
  if (isShown(target)) return past(target, snapshot);
  const { track } = target;
  return (twin && past(twin, snapshot)) ?? (track && curve(track.points, snapshot, { unit: track.unit }));
}

/** The history of a target, with what is known of it now. */
function past(target: Drawn, snapshot: Snapshot): Curve | undefined {
  const want = target.rule.when.wants.find(({ shows }) => shows !== undefined);
  if (want?.shows === undefined) return undefined;
  const points = isLong(want) ? pointsOfLevels(target.history(want).levels) : pointsOfSeries(target.series(want));
  const now = target.snapshot === snapshot ? want.value(target) : undefined;
  const newest = points.at(-1)?.at ?? 0;
  if (now !== undefined && newest < snapshot.uptime) points.push({ at: snapshot.uptime, value: now });
  return curve(points, snapshot, { of: want.shows, unit: 'bytes' });
}

/** Puts points into even slots: what is drawn from them can't be wrong about time. */
function curve(
  points: readonly Point[],
  { time, uptime }: Snapshot,
  what: Pick<Curve, 'of' | 'unit'>,
): Curve | undefined {
  const [first] = points;
  const last = points.at(-1);
  const count = Math.min(points.length, MOST_VALUES);
  if (first === undefined || last === undefined || count < FEWEST_VALUES) return undefined;
  const every = (last.at - first.at) / (count - 1);
  const most = points.reduce((highest, { value }) => Math.max(highest, Math.abs(value)), 0);
  if (every <= 0 || most === 0) return undefined;
  const scale = 2 ** Math.ceil(Math.log2(most / STEPS));
  const values: (number | null)[] = new Array(count).fill(null);
  for (const { at, value } of points) values[Math.round((at - first.at) / every)] = Math.round(value / scale);
  return { ...what, from: Math.round(time - uptime + first.at), every: Math.round(every), scale, values };
}

function pointsOfSeries(series: ReturnType<TargetView['series']>): Point[] {
  return Array.from({ length: series.length }, (_, index) => ({ at: series.at(index), value: series.value(index) }));
}

/** Those of the finest level that goes back to the beginning. */
function pointsOfLevels({ rings, width, newest, phase }: Levels): Point[] {
  const ring = rings.find(({ span }, level) => level === COARSEST || (newest + 1) / span <= RING);
  const points: Point[] = [];
  if (ring?.newest === undefined) return points;
  const length = width * ring.span;
  for (let bucket = ring.oldest; bucket <= ring.newest; bucket += 1) {
    const value = ring.at(bucket, FLOOR);
    if (!Number.isNaN(value)) points.push({ at: phase + (bucket + 0.5) * length, value });
  }
  return points;
}

function isLong(want: SeriesWant): want is HistoryWant {
  return want.keep !== undefined && 'levels' in want.keep;
}

/** The values of a curve in its unit; NaN where none is known. */
export function valuesOf({ values, scale }: Curve): number[] {
  return values.map((value) => (value === null ? Number.NaN : value * scale));
}

/** A row of bars, one for each point; a blank where it is NaN. It spans at least a tenth of the level, so that noise does not look like a mountain; what is level runs in the middle. */
export function sparkline(points: ArrayLike<number>): string {
  const all = Array.from(points);
  const known = all.filter((point) => !Number.isNaN(point));
  if (known.length === 0) return ' '.repeat(all.length);
  const top = Math.max(...known);
  const bottom = Math.min(...known);
  const span = Math.max(top - bottom, Math.abs(top) / 10, Number.MIN_VALUE);
  const foot = (top + bottom - span) / 2;
  return all
    .map((point) => (Number.isNaN(point) ? ' ' : BARS[Math.floor(((point - foot) / span) * (BARS.length - 1) + 1e-6)]))
    .join('');
}
