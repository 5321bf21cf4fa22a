import { differenceOf } from './difference.ts';
import { studentCdf } from './student.ts';

/** What one run of a build retained by its age: the replicate of a comparison is a run, not a sample of it. */
export interface Run {
  /** Bytes retained at each of `AGES`, the least of the hour (or quarter of one) before; undefined at ages that it did not reach. */
  readonly held: readonly (number | undefined)[];
}

/** Ages at which a run is looked at, hours: a quarter of an hour to eight days. */
export const AGES: readonly number[] = [0.25, 0.5, 1, 2, 4, 8, 16, 24, 48, 96, 192];

/** So many runs of a build are kept, and so many builds of a service. */
export const MOST_RUNS = 20;
export const MOST_BUILDS = 5;

/** Runs of the builds before, taken together, against those of the new one, at one age. */
export interface Comparison {
  /** Hours. */
  readonly age: number;
  /** How much more the new build holds: 0.18 is 18 % more. */
  readonly more: number;
  /** Probability that it holds more than the old ones by more than the tolerance. */
  readonly sure: number;
  readonly verdict: 'regression' | 'suspected' | 'none';
  readonly old: number;
  readonly recent: number;
}

/** A build may hold this share more. */
const TOLERANCE = 0.05;

/** Younger runs are still starting. */
const YOUNGEST = 1;

const REGRESSION = 0.975;
const SUSPECTED = 0.9;

/** An age is old enough for a comparison when its error is at most so many times that of the age that most runs reached. */
const NEAR_BEST = 1.15;

/**
 * Compares builds at the greatest age that nearly all runs reached. The logarithms of what they hold are compared by a
 * predictive t (difference.ts). Undefined when no age was reached by two old
 * runs and a new one.
 */
export function compareBuilds(old: readonly Run[], recent: readonly Run[]): Comparison | undefined {
  const ages = AGES.flatMap((age, index) => {
    const before = logsAt(old, index);
    const after = logsAt(recent, index);
    if (age < YOUNGEST || before.length < 2 || after.length < 1) return [];
    return [{ age, before, after, error: Math.sqrt(1 / before.length + 1 / after.length) }];
  });
  const best = Math.min(...ages.map(({ error }) => error));
  const chosen = ages.findLast(({ error }) => error <= NEAR_BEST * best);
  return chosen && compareAt(chosen.age, chosen.before, chosen.after);
}

/** Compares single figures, such as steady rates or the results of a benchmark, in the same way. */
export function compareFigures(old: readonly number[], recent: readonly number[]): Comparison | undefined {
  const [before, after] = [old, recent].map((figures) => figures.filter((figure) => figure > 0).map(Math.log));
  if (before === undefined || after === undefined || before.length < 2 || after.length < 1) return undefined;
  return compareAt(0, before, after);
}

function compareAt(age: number, before: readonly number[], after: readonly number[]): Comparison {
  const { difference, error, freedom } = differenceOf(before, after);
  const sure = studentCdf((difference - Math.log1p(TOLERANCE)) / error, freedom);
  const verdict = sure >= REGRESSION ? 'regression' : sure >= SUSPECTED ? 'suspected' : 'none';
  return { age, more: Math.expm1(difference), sure, verdict, old: before.length, recent: after.length };
}

function logsAt(runs: readonly Run[], index: number): number[] {
  return runs.flatMap(({ held }) => {
    const bytes = held[index];
    return bytes !== undefined && bytes > 0 ? [Math.log(bytes)] : [];
  });
}
