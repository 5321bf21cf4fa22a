/** A fit by least squares: what it leaves (sum of squares), its slope per step, and the weight of the curve beside it (0 for a line). */
export interface Fit {
  readonly left: number;
  readonly slope: number;
  readonly weight: number;
}

/** Sums of the squares and products of three series, each taken from its mean. */
interface Moments {
  tt: number;
  gg: number;
  yy: number;
  tg: number;
  ty: number;
  gy: number;
}

/** The line through the first `count` values, or the line plus a multiple of a curve. */
export function fitLine(values: Float64Array, count: number, curve?: (index: number) => number): Fit {
  const { tt, gg, yy, tg, ty, gy } = moments(values, count, curve);
  if (curve === undefined || tt * gg - tg * tg <= 1e-12 * tt * gg) {
    return { left: Math.max(0, yy - (ty * ty) / tt), slope: ty / tt, weight: 0 };
  }
  const determinant = tt * gg - tg * tg;
  const slope = (ty * gg - gy * tg) / determinant;
  const weight = (gy * tt - ty * tg) / determinant;
  return { left: Math.max(0, yy - slope * ty - weight * gy), slope, weight };
}

/** What a curve of its own, without a line, leaves of the first `count` values. */
export function leftByCurve(values: Float64Array, count: number, curve: (index: number) => number): number {
  const { gg, yy, gy } = moments(values, count, curve);
  return gg > 0 ? Math.max(0, yy - (gy * gy) / gg) : yy;
}

function moments(values: Float64Array, count: number, curve: (index: number) => number = flat): Moments {
  const middle = (count - 1) / 2;
  let meanCurve = 0;
  let meanValue = 0;
  for (let index = 0; index < count; index += 1) {
    meanCurve += curve(index) / count;
    meanValue += (values[index] ?? 0) / count;
  }
  const sums: Moments = { tt: 0, gg: 0, yy: 0, tg: 0, ty: 0, gy: 0 };
  for (let index = 0; index < count; index += 1) {
    const t = index - middle;
    const g = curve(index) - meanCurve;
    const y = (values[index] ?? 0) - meanValue;
    sums.tt += t * t;
    sums.gg += g * g;
    sums.yy += y * y;
    sums.tg += t * g;
    sums.ty += t * y;
    sums.gy += g * y;
  }
  return sums;
}

function flat(): number {
  return 0;
}

/** What is left of the first `count` values when the parabola that fits them best is taken away. */
export function unbend(values: Float64Array, count: number): Float64Array {
  return without(values, count, 3);
}

/** What is left of the first `count` values when the line that fits them best is taken away. */
export function straighten(values: Float64Array, count: number): Float64Array {
  return without(values, count, 2);
}

function without(values: Float64Array, count: number, terms: number): Float64Array {
  const left = values.slice(0, count);
  const middle = (count - 1) / 2;
  const bend = (count * count - 1) / 12;
  // Orthogonal over 0 … count - 1, so that each is fitted by itself.
  const shapes = [() => 1, (index: number) => index - middle, (index: number) => (index - middle) ** 2 - bend];
  for (const shape of shapes.slice(0, terms)) {
    let product = 0;
    let square = 0;
    for (let index = 0; index < count; index += 1) {
      product += (left[index] ?? 0) * shape(index);
      square += shape(index) ** 2;
    }
    for (let index = 0; index < count; index += 1) {
      left[index] = (left[index] ?? 0) - (product / square) * shape(index);
    }
  }
  return left;
}

/** The slope of one series on another and the share of its variance that this explains, both taken as they are (means are 0). */
export function regress(values: Float64Array, on: Float64Array): { slope: number; share: number } {
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (const [index, y] of values.entries()) {
    const x = on[index] ?? 0;
    xx += x * x;
    xy += x * y;
    yy += y * y;
  }
  return xx > 0 && yy > 0 ? { slope: xy / xx, share: (xy * xy) / (xx * yy) } : { slope: 0, share: 0 };
}
