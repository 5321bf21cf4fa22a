import type { NamedComparison } from '../../core/compare/compare.ts';
import { courseOf } from '../../core/compare/level.ts';
import type { NamedRun } from '../../core/compare/runs.ts';
import { escapeControls } from '../../core/escape.ts';
import { formatDuration, formatSize } from '../../core/units.ts';

const BARS = '▁▂▃▄▅▆▇█';
/** Columns of a course: at most so many, and no more than there are points. */
const MOST = 48;
const LEAST = 8;

/** Both courses as bars on one scale, from nothing to the most that either held. */
export function drawing({ name, runs, found }: NamedComparison): string[] {
  if (found === undefined) return [];
  const { from, to } = spanOf(runs, found.age);
  const steps = Math.min(MOST, Math.max(LEAST, pointsIn(runs.a, { from, to }), pointsIn(runs.b, { from, to })));
  const courses = [runs.a, runs.b].map((side) => held(courseOf(side, { from, to, steps })));
  const top = Math.max(1, ...courses.flat().filter((value) => !Number.isNaN(value)));
  const [a = '', b = ''] = courses.map((course) => course.map((value) => bar(value / top)).join(''));
  const [begin, end] = [formatDuration(from), formatDuration(to)];
  return [
    escapeControls(name),
    `  A  ${a}  ${formatSize(found.a.level)}`,
    `  B  ${b}  ${formatSize(found.b.level)}`,
    `     ${begin}${end.padStart(Math.max(end.length + 1, steps - begin.length))}`,
  ];
}

/** What is looked at: from the start, or, of old processes that were seen late in their lives, from where they were first seen. */
export function spanOf({ a, b }: NamedComparison['runs'], age: number): { readonly from: number; readonly to: number } {
  const first = Math.min(...[...a, ...b].map(({ ages }) => ages[0] ?? age));
  return { from: first > age / 4 ? Math.min(first, age - 1) : 0, to: age };
}

/** Of the run that was looked at most often. */
function pointsIn(runs: readonly NamedRun[], { from, to }: { readonly from: number; readonly to: number }): number {
  return Math.max(...runs.map(({ ages }) => ages.filter((age) => age >= from && age <= to).length));
}

/** Where nobody looked, what was seen before. */
function held(course: readonly number[]): number[] {
  let last = Number.NaN;
  return course.map((value) => {
    if (!Number.isNaN(value)) last = value;
    return last;
  });
}

function bar(share: number): string {
  if (Number.isNaN(share)) return ' ';
  return BARS[Math.min(BARS.length - 1, Math.floor(share * BARS.length))] ?? ' ';
}
