import { type Allowance, compareRuns, type NamedComparison } from '../../core/compare/compare.ts';
import { jsonLine } from '../../core/escape.ts';
import { compileGlob } from '../../core/glob.ts';
import type { Measure } from '../../core/types.ts';
import { parseDuration, parsePercent, parseSize } from '../../core/units.ts';
import { type Given, readOf, textOf } from '../options.ts';
import { UsageError, type World } from '../world.ts';
import { runsOf } from './records.ts';
import { comparisonJson, type Report, reportText } from './report.ts';
import { readSide, type Side } from './sides.ts';

/** What counts as more where nothing was said. */
const ALLOWED = '5%';
const LEAST = 2 ** 20;

/** Compares two sides. @returns the exit code: 1 a regression, only where it was asked to fail; 3 where it can't be told. */
export async function compare(given: Given, world: World): Promise<number> {
  const [textA, textB, third] = given.operands;
  if (textA === undefined || textB === undefined) throw new UsageError('compare what with what? Write A and B');
  if (third !== undefined) throw new UsageError(`two at a time: "${third}" is one too many`);
  const now = Date.now();
  const sides = [readSide(textA, now), readSide(textB, now)] as const;
  const failing = textOf(given, 'fail-over') !== undefined;
  const allowed = readOf(given, 'fail-over', readAllowance) ?? readAllowance(ALLOWED);
  const at = readOf(given, 'at', parseDuration);
  const least = readOf(given, 'least', parseSize) ?? LEAST;
  const name = textOf(given, 'name');
  const how = {
    measure: (textOf(given, 'measure') ?? 'memory') as Measure,
    from: alignment(given, sides),
    matches: name === undefined ? () => true : compileGlob(name),
  };
  const reading = { ...how, given, world };
  const [a, b] = [await runsOf(sides[0], reading), await runsOf(sides[1], reading)];
  const comparison = compareRuns(a, b, { allowed, least, ...(at !== undefined && { at }) });
  const report: Report = {
    sides: [textA, textB],
    allowed,
    allowance: textOf(given, 'fail-over') ?? ALLOWED,
    ...how,
    ...comparison,
  };
  const { stdout } = world;
  const look = { ...(stdout.isTTY && { width: stdout.columns }), all: name !== undefined };
  stdout.write(given.values.json === true ? `${jsonLine(comparisonJson(report))}\n` : reportText(report, look));
  return exitCode(comparison.both, { failing, strict: given.values.strict === true });
}

/** `5%` or `20MiB`. */
function readAllowance(text: string): Allowance {
  return text.trim().endsWith('%') ? { ratio: parsePercent(text) } : { bytes: parseSize(text) };
}

/** The same processes may be in two periods: their age says nothing then. */
function alignment(given: Given, sides: readonly Side[]): 'start' | 'record' {
  const asked = textOf(given, 'align');
  if (asked !== undefined) return asked as 'start' | 'record';
  return sides.some(({ kind }) => kind === 'period') ? 'record' : 'start';
}

function exitCode(
  both: readonly NamedComparison[],
  { failing, strict }: { readonly failing: boolean; readonly strict: boolean },
): number {
  const has = (verdict: NamedComparison['verdict']): boolean => both.some((one) => one.verdict === verdict);
  if (failing && has('regression')) return 1;
  const told = both.some(({ found }) => found !== undefined);
  return !told || (strict && (has('unclear') || has('apart'))) ? 3 : 0;
}
