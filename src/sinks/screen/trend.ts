/** Points of a trend. */
export const POINTS = 12;
/** Time between two points, ms: twelve of them show six minutes. */
export const STEP = 30_000;

/** The last minutes of one row: the last figure of each half minute, oldest first; NaN where it was not known. */
export interface Trend {
  readonly points: Float64Array;
  /** Which half minute of uptime the last point belongs to. */
  slot: number;
}

/** A trend that has seen nothing. */
export function newTrend(uptime: number): Trend {
  return { points: new Float64Array(POINTS).fill(Number.NaN), slot: Math.floor(uptime / STEP) };
}

/** Time goes on. */
export function advanceTo(trend: Trend, uptime: number): void {
  const slot = Math.floor(uptime / STEP);
  const passed = Math.min(POINTS, slot - trend.slot);
  if (passed <= 0) return;
  trend.points.copyWithin(0, passed);
  trend.points.fill(Number.NaN, POINTS - passed);
  trend.slot = slot;
}

/** Notes a figure that was read at some uptime, perhaps a while ago. The later one of a half minute stays. */
export function note(trend: Trend, uptime: number, value: number): void {
  advanceTo(trend, uptime);
  const index = POINTS - 1 - (trend.slot - Math.floor(uptime / STEP));
  if (index >= 0) trend.points[index] = value;
}

/** Which way it goes over what is known: rising or falling by more than 5 %, or level; undefined when too little is known. */
export function direction({ points }: Trend): 'up' | 'down' | 'level' | undefined {
  const known = points.filter((point) => !Number.isNaN(point));
  const [first] = known;
  const last = known.at(-1);
  if (known.length < 2 || first === undefined || last === undefined) return undefined;
  if (last > first * 1.05) return 'up';
  return last < first * 0.95 ? 'down' : 'level';
}
