import { crc32, inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { Canvas, textWidth } from '../../../src/actions/mail/canvas.ts';
import { drawPlot, PLOT_SIZE } from '../../../src/actions/mail/plot.ts';
import type { Curve } from '../../../src/core/types.ts';
import { decodePng, type Pixels } from './decode-png.ts';

const MiB = 2 ** 20;
const curve = (values: (number | null)[]): Curve => ({
  ...{ of: 'pss', unit: 'bytes', from: 1_800_000_000_000, every: 60_000, scale: MiB, values },
});
const LINE = 0x1f6feb;
const LIMIT = 0xd32f2f;
const GROUND = 0xffffff;

/** The rows of a column that have a colour. */
function rowsOf({ at, height }: Pixels, x: number, colour: number): number[] {
  return Array.from({ length: height }, (_, y) => y).filter((y) => at(x, y) === colour);
}

const middle = (rows: readonly number[]): number => ((rows[0] ?? Number.NaN) + (rows.at(-1) ?? Number.NaN)) / 2;

test('a curve stands where its values are, from the left to the right', () => {
  const picture = decodePng(drawPlot(curve([100, 200, 300, 400, 500])));
  expect(picture.width).toBe(2 * PLOT_SIZE.width);
  expect(picture.height).toBe(2 * PLOT_SIZE.height);
  // The field lies between these columns.
  const [left, right] = [200, 1248];
  const quarter = (right - left) / 4;
  const heights = [0, 1, 2, 3, 4].map((step) =>
    middle(rowsOf(picture, Math.min(left + step * quarter, right - 1), LINE)),
  );
  for (const [index, height] of heights.slice(1).entries()) {
    const rise = (heights[index] ?? 0) - height;
    // Even steps of the value are even steps of the picture.
    expect(rise).toBeCloseTo(((heights[0] ?? 0) - (heights[4] ?? 0)) / 4, -1);
    expect(rise).toBeGreaterThan(50);
  }
  for (const x of [left - 1, right + 1]) expect(rowsOf(picture, x, LINE)).toEqual([]);
});

test('what is not known is a gap, but for a single value', () => {
  const picture = decodePng(drawPlot(curve([100, 100, 100, null, 100, 100, null, null, null, 100, 100])));
  const step = (1248 - 200) / 10;
  expect(rowsOf(picture, 200 + 3 * step, LINE)).not.toEqual([]);
  expect(rowsOf(picture, 200 + 7 * step, LINE)).toEqual([]);
});

test('a limit is drawn where it is near, and left out where it would press the curve flat', () => {
  const values = [100, 150, 200];
  const near = decodePng(drawPlot(curve(values), 180 * MiB));
  const rows = rowsOf(near, 202, LIMIT);
  expect(rows.length).toBe(4);
  // 180 is four fifths of the way from 100 to 200.
  const foot = middle(rowsOf(near, 201, LINE));
  const top = middle(rowsOf(near, 1246, LINE));
  expect((foot - middle(rows)) / (foot - top)).toBeCloseTo(0.8, 1);
  const far = decodePng(drawPlot(curve(values), 10_000 * MiB));
  expect(rowsOf(far, 202, LIMIT)).toEqual([]);
});

test('what hardly moves is no mountain', () => {
  const picture = decodePng(drawPlot(curve([1000, 1001, 1000, 1002])));
  const heights = [201, 500, 900, 1246].map((x) => middle(rowsOf(picture, x, LINE)));
  expect(Math.max(...heights) - Math.min(...heights)).toBeLessThan(20);
});

test.each([
  [{ ...curve([1, 2, 3]), scale: 1, unit: 'count' as const }],
  [{ ...curve([1, 2, 3]), scale: 1 / 4096, unit: 'ratio' as const }],
  [{ ...curve([-3, 2, 3]), scale: 1, unit: 'bytes/s' as const }],
  [curve([0, 0, 5])],
  [curve([4095, 4095, 4095])],
])('any unit and sign can be drawn: %j', (given) => {
  const picture = decodePng(drawPlot(given));
  expect(rowsOf(picture, 600, LINE).length).toBeGreaterThan(3);
});

test('the file is a PNG by the letter: each part has its check sum, each row its filter', () => {
  const file = drawPlot(curve([1, 2, 3]));
  expect(file.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  const types: string[] = [];
  let data = Buffer.alloc(0);
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const named = file.subarray(at + 4, at + 8 + length);
    expect(file.readUInt32BE(at + 8 + length)).toBe(crc32(named));
    types.push(named.toString('latin1', 0, 4));
    if (types.at(-1) === 'IDAT') data = Buffer.concat([data, named.subarray(4)]);
    at += 12 + length;
  }
  expect(types).toEqual(['IHDR', 'PLTE', 'IDAT', 'IEND']);
  expect(inflateSync(data).length).toBe(400 * (1280 + 1));
  expect(file.length).toBeLessThan(20_000);
});

test('letters are drawn dot by dot, and nothing outside of the picture', () => {
  const canvas = new Canvas(7, 5);
  canvas.text('17', { x: 0, y: 0, dot: 1 }, 1);
  const rows = Array.from({ length: 5 }, (_, y) =>
    [...canvas.pixels.subarray(y * 7, y * 7 + 7)].map((pixel) => (pixel ? '#' : '.')).join(''),
  );
  expect(rows).toEqual(['.#..###', '##....#', '.#...#.', '.#...#.', '###..#.']);
  expect(textWidth('17', 1)).toBe(7);
  canvas.fill({ x: -5, y: -5, width: 100, height: 100 }, 2);
  canvas.text('8', { x: 6, y: 3, dot: 4 }, 3);
  expect(canvas.pixels.length).toBe(35);
  expect(decodePng(drawPlot(curve([1, 2, 3]))).at(0, 0)).toBe(GROUND);
});
