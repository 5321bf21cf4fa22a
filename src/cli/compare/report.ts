import type { Allowance, compareRuns, NamedComparison } from '../../core/compare/compare.ts';
import { courseOf } from '../../core/compare/level.ts';
import { clip, escapeControls } from '../../core/escape.ts';
import { formatTable } from '../../core/table.ts';
import type { Measure } from '../../core/types.ts';
import { formatCount, formatDuration, formatSize, formatValue } from '../../core/units.ts';
import { drawing, spanOf } from './drawing.ts';

/** All that is told of a comparison. */
export interface Report extends ReturnType<typeof compareRuns> {
  /** The operands. */
  readonly sides: readonly [string, string];
  readonly allowed: Allowance;
  /** As it was written: `5%`. */
  readonly allowance: string;
  readonly measure: Measure;
  /** What ages count from. */
  readonly from: 'start' | 'record';
}

/** Points of a course in JSON. */
const STEPS = 100;
/** So many names are drawn where none was asked for. */
const MOST_DRAWN = 3;

const WORDS: Readonly<Record<NamedComparison['verdict'], string>> = {
  regression: 'regression',
  none: 'no regression',
  unclear: "can't be told: record more runs",
  small: 'too small',
  apart: 'never seen at the same age',
};

/** The comparison for people. @param look columns of the terminal, where it is one; whether all names are drawn. */
export function reportText(report: Report, { width, all }: { readonly width?: number; readonly all: boolean }): string {
  const { both, sides } = report;
  const judged = both.filter(isJudged);
  const shown = both.filter(({ verdict }) => verdict !== 'small');
  const lines = [
    ...sides.map((side, index) => `${index === 0 ? 'A' : 'B'}  ${escapeControls(side)}`),
    ...(shown.length > 0 ? ['', ...tableOf(shown, width)] : []),
    ...judged.slice(0, all ? judged.length : MOST_DRAWN).flatMap((one) => ['', ...drawing(one)]),
    '',
    ...rest(report).map((line) => (width === undefined ? line : clip(line, width))),
    conclusion(report, judged),
  ];
  return `${lines.join('\n')}\n`;
}

function isJudged({ verdict }: NamedComparison): boolean {
  return verdict !== 'small' && verdict !== 'apart';
}

function tableOf(shown: readonly NamedComparison[], width: number | undefined): string[] {
  const cells = (write: (found: NonNullable<NamedComparison['found']>) => string): string[] =>
    shown.map(({ found }) => (found ? write(found) : '-'));
  return formatTable({
    columns: [
      { title: 'NAME', cells: shown.map(({ name }) => escapeControls(name)), flexible: true },
      { title: 'AT AGE', cells: cells(({ age }) => formatDuration(age)), align: 'right' },
      { title: 'A', cells: cells(({ a }) => formatSize(a.level)), align: 'right' },
      { title: 'B', cells: cells(({ b }) => formatSize(b.level)), align: 'right' },
      { title: 'MORE', cells: cells(({ more }) => signed(more)), align: 'right' },
      { title: 'BETWEEN', cells: cells(({ low, high }) => `${signed(low)} and ${signed(high)}`), align: 'right' },
      { title: 'RUNS', cells: cells(({ a, b }) => `${a.runs}, ${b.runs}`), align: 'right' },
      { title: 'VERDICT', cells: shown.map(({ verdict }) => WORDS[verdict]) },
    ],
    ...(width !== undefined && { width }),
  });
}

/** `+12.1 %` */
function signed(ratio: number): string {
  return `${ratio < 0 ? '-' : '+'}${formatValue(Math.abs(ratio), 'ratio')}`;
}

function rest({ both, onlyA, onlyB }: Report): string[] {
  const names = (list: readonly string[]): string => list.map(escapeControls).sort().join(', ');
  const small = both.filter(({ verdict }) => verdict === 'small').length;
  return [
    ...(onlyA.length > 0 ? [`Only in A: ${names(onlyA)}`] : []),
    ...(onlyB.length > 0 ? [`Only in B: ${names(onlyB)}`] : []),
    ...(small > 0 ? [`Too small to be judged: ${small} ${small === 1 ? 'name' : 'names'}`] : []),
  ];
}

function conclusion({ allowance, both }: Report, judged: readonly NamedComparison[]): string {
  if (both.length === 0) return 'Nothing can be compared: no name is in both.';
  if (judged.length === 0) return 'Nothing can be judged: no name that is big enough was seen at the same age in both.';
  const names = formatCount(judged.length, 'name');
  const [worse, unclear] = (['regression', 'unclear'] as const).map(
    (verdict) => judged.filter((one) => one.verdict === verdict).length,
  );
  const found = worse
    ? `B surely holds over ${allowance} more in ${worse} of ${names}`
    : `No regression over ${allowance} is seen in ${names}`;
  return `${found}${unclear ? `; ${unclear} can't be told` : ''}.`;
}

/** The comparison as data: sizes in bytes, ages in ms, shares as ratios. Names are as they are: write with `jsonLine`. */
export function comparisonJson(report: Report): Readonly<Record<string, unknown>> {
  const { sides, allowed, measure, from, confidence, both, onlyA, onlyB } = report;
  const names = both.map(({ name, verdict, found, runs }) => ({
    ...{ name, verdict, ...found },
    ...(found && { course: courses(runs, found.age) }),
  }));
  return { type: 'comparison', a: sides[0], b: sides[1], allowed, measure, from, confidence, names, onlyA, onlyB };
}

function courses(runs: NamedComparison['runs'], age: number): Readonly<Record<string, unknown>> {
  const span = spanOf(runs, age);
  const [a, b] = [runs.a, runs.b].map((side) =>
    courseOf(side, { ...span, steps: STEPS }).map((value) => (Number.isNaN(value) ? null : Math.round(value))),
  );
  return { ...span, a, b };
}
