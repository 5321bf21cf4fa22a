import { differenceOf, intervalOf, meanOf } from '../trend/difference.ts';
import { levelAt } from './level.ts';
import type { NamedRun } from './runs.ts';

/** So much more, as a share (0.05 is 5 %) or in bytes, may be held. */
export type Allowance = { readonly ratio: number } | { readonly bytes: number };

/** How two lots of runs are compared. */
export interface CompareOptions {
  readonly allowed: Allowance;
  /** Compared at this age, ms; absent: at the greatest that nearly all runs reached. */
  readonly at?: number;
  /** What holds less in both is too small to be worth a verdict, bytes. */
  readonly least: number;
}

/**
 * `regression`: it holds more than is allowed, surely. `none`: surely not. `unclear`: the runs are too few, or differ too much
 * among themselves, to tell. `small`: too small to matter. `apart`: they were never seen at the same age.
 */
export type CompareVerdict = 'regression' | 'none' | 'unclear' | 'small' | 'apart';

/** What became of one name. */
export interface NamedComparison {
  readonly name: string;
  readonly runs: { readonly a: readonly NamedRun[]; readonly b: readonly NamedRun[] };
  readonly verdict: CompareVerdict;
  readonly found?: FoundDifference;
}

/** A difference at an age. */
export interface FoundDifference {
  /** ms. */
  readonly age: number;
  /** Geometric means of what the runs held, bytes, and how many runs got so old. */
  readonly a: { readonly level: number; readonly runs: number };
  readonly b: { readonly level: number; readonly runs: number };
  /** How much more B holds: 0.2 is 20 %; and between which bounds that lies. */
  readonly more: number;
  readonly low: number;
  readonly high: number;
}

/** How sure it must be, over all names together: of one in forty comparisons of the same with the same the lower bound is above the truth. */
const CONFIDENCE = 0.95;

/** An age is old enough for a comparison when its error is at most so many times that of the age that most runs reached. */
const NEAR_BEST = 1.15;
/** So many ages are tried. */
const MOST_AGES = 200;

/** Compares the runs of each name that is in both lots, those that differ most first; and names those that are in one only. */
export function compareRuns(
  a: readonly NamedRun[],
  b: readonly NamedRun[],
  options: CompareOptions,
): {
  readonly both: readonly NamedComparison[];
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
  readonly confidence: number;
} {
  const [before, after] = [grouped(a), grouped(b)];
  const ages = [...before.keys()].flatMap((name) => {
    const runs = { a: before.get(name) ?? [], b: after.get(name) ?? [] };
    return runs.b.length === 0 ? [] : [{ name, runs, levels: levelsOf(runs, options.at) }];
  });
  const judged = ages.filter(({ levels }) => levels && !isSmall(levels, options.least)).length;
  // With many names one of them differs by chance: each must be surer (Bonferroni).
  const confidence = 1 - (1 - CONFIDENCE) / Math.max(1, judged);
  const both = ages.map(({ name, runs, levels }): NamedComparison => {
    if (levels === undefined) return { name, runs, verdict: 'apart' };
    const found = differ(levels, confidence);
    return { name, runs, found, verdict: isSmall(levels, options.least) ? 'small' : judge(found, options.allowed) };
  });
  return {
    both: both.sort((one, other) => weight(other) - weight(one)),
    onlyA: [...before.keys()].filter((name) => !after.has(name)),
    onlyB: [...after.keys()].filter((name) => !before.has(name)),
    confidence,
  };
}

interface Levels {
  readonly age: number;
  readonly a: readonly number[];
  readonly b: readonly number[];
}

type Both = NamedComparison['runs'];

function grouped(runs: readonly NamedRun[]): ReadonlyMap<string, NamedRun[]> {
  const found = new Map<string, NamedRun[]>();
  for (const run of runs) {
    if (run.values.length === 0) continue;
    const known = found.get(run.name);
    if (known) known.push(run);
    else found.set(run.name, [run]);
  }
  return found;
}

function levelsOf(runs: Both, at: number | undefined): Levels | undefined {
  const ends = at === undefined ? endsOf(runs) : [at];
  const ages = ends.flatMap((age): (Levels & { readonly error: number })[] => {
    const [a, b] = [runs.a, runs.b].map((side) => side.flatMap((run) => levelAt(run, age) ?? []));
    if (a === undefined || b === undefined || a.length === 0 || b.length === 0) return [];
    return [{ age, a, b, error: Math.sqrt(1 / a.length + 1 / b.length) }];
  });
  const best = Math.min(...ages.map(({ error }) => error));
  return ages.findLast(({ error }) => error <= NEAR_BEST * best);
}

/** Ages at which a run ends, rising: between two of them no other runs are there. */
function endsOf({ a, b }: Both): number[] {
  const ends = [...new Set([...a, ...b].map(({ ages }) => ages.at(-1) ?? 0))].sort((one, other) => one - other);
  const each = Math.ceil(ends.length / MOST_AGES);
  return ends.filter((_, index) => index % each === 0);
}

/** A level of nothing has no logarithm: a byte is nothing too. */
function differ({ age, a, b }: Levels, confidence: number): FoundDifference {
  const [before, after] = [a, b].map((side) => side.map((bytes) => Math.log(Math.max(1, bytes))));
  const found = differenceOf(before ?? [], after ?? []);
  const { low, high } = intervalOf(found, confidence);
  return {
    age,
    a: { level: Math.exp(meanOf(before ?? [])), runs: a.length },
    b: { level: Math.exp(meanOf(after ?? [])), runs: b.length },
    ...{ more: Math.expm1(found.difference), low: Math.expm1(low), high: Math.expm1(high) },
  };
}

function isSmall({ a, b }: Levels, least: number): boolean {
  return Math.max(...a, ...b) < least;
}

function judge({ a, low, high }: FoundDifference, allowed: Allowance): CompareVerdict {
  const ratio = 'ratio' in allowed ? allowed.ratio : allowed.bytes / a.level;
  if (low > ratio) return 'regression';
  return high <= ratio ? 'none' : 'unclear';
}

const ORDER: Readonly<Record<CompareVerdict, number>> = { regression: 2, unclear: 1, none: 1, apart: 0, small: 0 };

/** Regressions first, then by how many bytes are between them. */
function weight({ verdict, found }: NamedComparison): number {
  return ORDER[verdict] * 2 ** 50 + (found ? Math.abs(found.b.level - found.a.level) : 0);
}
