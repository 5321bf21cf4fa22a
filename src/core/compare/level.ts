import type { NamedRun } from './runs.ts';

/** What a run holds at an age is the median over the last quarter of its time up to then: neither a peak nor a trough. */
const QUARTER = 0.75;

/** What a run held at an age (ms); undefined where it did not get so old, or nobody looked then. */
export function levelAt({ ages, values }: NamedRun, age: number): number | undefined {
  const last = ages.at(-1);
  if (last === undefined || last < age) return undefined;
  const from = lowerBound(ages, QUARTER * age);
  const to = lowerBound(ages, age + 1e-6);
  return medianOf(values.slice(from, to));
}

/** The median; undefined of nothing. */
function medianOf(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((one, other) => one - other);
  const half = sorted.length >> 1;
  const upper = sorted[half];
  if (upper === undefined || sorted.length % 2 === 1) return upper;
  return ((sorted[half - 1] ?? upper) + upper) / 2;
}

/** The first index at which a rising list is not below a value. */
function lowerBound(rising: readonly number[], value: number): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The course of some runs: the median over them of what each held in the middle of so many equal steps up to an age; NaN where nobody looked. */
export function courseOf(
  runs: readonly NamedRun[],
  { to, from = 0, steps }: { to: number; from?: number; steps: number },
): number[] {
  const width = (to - from) / steps;
  return Array.from({ length: steps }, (_, step) => {
    const begin = from + step * width;
    const inside = runs.flatMap(({ ages, values }) => {
      const end = step === steps - 1 ? to + 1e-6 : begin + width;
      return medianOf(values.slice(lowerBound(ages, begin), lowerBound(ages, end))) ?? [];
    });
    return medianOf(inside) ?? Number.NaN;
  });
}
