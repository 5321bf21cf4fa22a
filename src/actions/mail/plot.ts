import { valuesOf } from '../../core/curve.ts';
import type { Curve } from '../../core/types.ts';
import { formatValue } from '../../core/units.ts';
import { localTime } from '../record/line.ts';
import { Canvas, textHeight, textWidth } from './canvas.ts';
import { encodePng } from './png.ts';

/** Pixels. It is shown at half of that, so that it is sharp on fine screens. */
const WIDTH = 1280;
const HEIGHT = 400;
/** As it is to be shown, in CSS pixels. */
export const PLOT_SIZE: { readonly width: number; readonly height: number } = { width: WIDTH / 2, height: HEIGHT / 2 };

const FIELD = { left: 200, top: 24, right: WIDTH - 32, bottom: HEIGHT - 60 };
const DOT = 4;
const LINE = 5;
const GAP = 12;
/** The field shows a tenth of the values' height at least: what hardly moves is not to look like a mountain. */
const LEAST_HEIGHT = 0.1;
/** A limit that would press the values into less than this share of the field is not drawn. */
const LEAST_SHARE = 0.25;
/** Times less than this apart are told by the second, ms. */
const SHORT = 600_000;
/** Lines across the field are no more than this. */
const MOST_LINES = 5;

/** A ground of its own: it is read the same in dark and in light mail programs. */
const PALETTE = [0xffffff, 0xdde3e9, 0x47525d, 0xcfe3f9, 0x1f6feb, 0xd32f2f] as const;
const [GRID, TEXT, AREA, CURVE, LIMIT] = [1, 2, 3, 4, 5];

/** The values that lie at the bottom and at the top of the field. */
interface Range {
  readonly low: number;
  readonly high: number;
}

/** Draws a curve as a PNG. @param limit drawn as well, where it is near; in the curve's unit. */
export function drawPlot(curve: Curve, limit?: number): Buffer {
  const canvas = new Canvas(WIDTH, HEIGHT);
  const values = valuesOf(curve);
  const range = rangeOf(values, limit);
  drawLines(canvas, range, curve);
  drawTimes(canvas, curve);
  drawCurve(canvas, values, range);
  if (limit !== undefined && limit <= range.high && limit >= range.low) {
    const y = rowOf(limit, range);
    for (let x = FIELD.left; x < FIELD.right; x += 24) canvas.fill({ x, y: y - 2, width: 14, height: 4 }, LIMIT);
  }
  return encodePng({ width: WIDTH, height: HEIGHT, pixels: canvas.pixels, palette: PALETTE });
}

function rangeOf(values: readonly number[], limit: number | undefined): Range {
  const known = values.filter((value) => !Number.isNaN(value));
  let [low, high] = [Math.min(...known), Math.max(...known)];
  const spare = Math.max(0, Math.abs(high) * LEAST_HEIGHT - (high - low)) / 2;
  [low, high] = [low - spare, high + spare];
  if (limit !== undefined) {
    const wider = { low: Math.min(low, limit), high: Math.max(high, limit) };
    if ((high - low) / (wider.high - wider.low) >= LEAST_SHARE) ({ low, high } = wider);
  }
  const edge = (high - low) * 0.06;
  return { low: Math.max(low - edge, Math.min(0, low)), high: high + edge };
}

function rowOf(value: number, { low, high }: Range): number {
  return FIELD.bottom - ((value - low) / (high - low)) * (FIELD.bottom - FIELD.top);
}

function drawLines(canvas: Canvas, range: Range, { unit }: Curve): void {
  for (const value of ticksOf(range, unit === 'bytes' || unit === 'bytes/s' ? 1024 : 1000)) {
    const y = rowOf(value, range);
    canvas.fill({ x: FIELD.left, y, width: FIELD.right - FIELD.left, height: 2 }, GRID);
    const label = formatValue(value, unit);
    const x = FIELD.left - GAP - textWidth(label, DOT);
    canvas.text(label, { x, y: y - textHeight(DOT) / 2, dot: DOT }, TEXT);
  }
}

/** Round values in a range: 1, 2 or 5 times a power of ten, in units of a power of `base`. */
function ticksOf({ low, high }: Range, base: number): number[] {
  // 1.2 GiB is better told in steps of 500 MiB than of 0.2 GiB.
  const unit = base ** Math.max(0, Math.floor(Math.log(Math.abs(high) / 4) / Math.log(base)));
  const least = (high - low) / unit / MOST_LINES;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10) * power * unit;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, index) => (first + index) * step);
}

/** The time of day at the beginning, in the middle and at the end; with the day where that is another one. */
function drawTimes(canvas: Canvas, { from, every, values }: Curve): void {
  const span = every * (values.length - 1);
  for (const share of [0, 0.5, 1]) {
    const label = clockOf(from + share * span, { end: from + span, span });
    const middle = FIELD.left + share * (FIELD.right - FIELD.left);
    const width = textWidth(label, DOT);
    const x = Math.min(Math.max(middle - width / 2, FIELD.left), FIELD.right - width);
    canvas.fill({ x: Math.min(middle, FIELD.right - 2), y: FIELD.bottom, width: 2, height: GAP }, GRID);
    canvas.text(label, { x, y: FIELD.bottom + GAP + 8, dot: DOT }, TEXT);
  }
}

function clockOf(time: number, { end, span }: { end: number; span: number }): string {
  const [day = '', clock = ''] = localTime(time).split('T');
  const short = clock.slice(0, span < SHORT ? 8 : 5);
  return localTime(end).startsWith(day) ? short : `${day.slice(5)} ${short}`;
}

/** A line above its area; a gap where nothing is known, except that of a single value. */
function drawCurve(canvas: Canvas, values: readonly number[], range: Range): void {
  const step = (FIELD.right - FIELD.left) / Math.max(1, values.length - 1);
  const known = values.flatMap((value, index) => (Number.isNaN(value) ? [] : [{ value, index }]));
  for (const [place, { value, index }] of known.entries()) {
    const next = known[place + 1];
    if (next === undefined || next.index - index > 2) continue;
    const [x, end] = [FIELD.left + index * step, FIELD.left + next.index * step];
    for (let column = Math.round(x); column <= Math.round(end); column += 1) {
      const [y, later] = [column, column + 1].map((at) =>
        rowOf(value + (next.value - value) * Math.min(1, Math.max(0, (at - x) / (end - x))), range),
      ) as [number, number];
      const top = Math.min(y, later) - LINE / 2;
      const height = Math.abs(later - y) + LINE;
      canvas.fill({ x: column, y: top + height, width: 1, height: FIELD.bottom - top - height }, AREA);
      canvas.fill({ x: column, y: top, width: 1, height }, CURVE);
    }
  }
}
