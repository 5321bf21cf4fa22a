/**
 * The probability that a variable with Student's t distribution and so many degrees of freedom (above 0, fractions too)
 * is at most `t`: through the incomplete beta function, by its continued fraction (Lentz's method; Press et al.,
 * Numerical Recipes, 6.4). Accurate to about 1e-10.
 */
export function studentCdf(t: number, freedom: number): number {
  const tail = incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
}

/** Further out than this no quantile is looked for. */
const FARTHEST = 1e6;
const STEPS = 80;

/** The value below which so much of Student's t distribution lies; `probability` above 0 and below 1. By bisection. */
export function studentQuantile(probability: number, freedom: number): number {
  let low = -FARTHEST;
  let high = FARTHEST;
  for (let step = 0; step < STEPS; step += 1) {
    const middle = (low + high) / 2;
    if (studentCdf(middle, freedom) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

const MOST_TERMS = 300;
const NEAR = 1e-12;
const TINY = 1e-300;

function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // The fraction converges fast on one side of the middle only; the function is symmetric.
  if (x < (a + 1) / (a + b + 2)) return (front * continuedFraction(x, a, b)) / a;
  return 1 - (front * continuedFraction(1 - x, b, a)) / b;
}

function continuedFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= MOST_TERMS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < NEAR) break;
  }
  return fraction;
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** Lanczos's approximation with six terms (Numerical Recipes, 6.1): relative error below 2e-10 for arguments above 0. */
const LANCZOS = [
  76.180091729471, -86.505320329417, 24.014098240831, -1.2317395724502, 0.001208650973866179, -5.395239384953e-6,
];

function logGamma(x: number): number {
  const base = x + 5.5;
  const sum = LANCZOS.reduce((total, coefficient, index) => total + coefficient / (x + 1 + index), 1.000000000190015);
  return (x + 0.5) * Math.log(base) - base + Math.log((2.506628274631 * sum) / x);
}
