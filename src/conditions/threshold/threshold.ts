import { OptionError } from '../../core/errors.ts';
import { describeLimit, type Limit, parseLimit, resolveLimit, UNIT_OF } from '../../core/level.ts';
import { MEASURES } from '../../core/measure.ts';
import type { Bounds, Condition, JsonSchema, Measure, TargetView, Verdict } from '../../core/types.ts';
import { formatValue } from '../../core/units.ts';
import { checkLimits, type Side } from './possible.ts';

/** One measure with its limit, and optionally the level at which a firing alert ends: `{ pss: 500MiB, clear: 450MiB }`. */
export type ThresholdOptions = Partial<Record<Measure | 'clear', string | number>>;

/** Schema of the options of `above` and `below`. That there is just one measure is checked when the condition is made: its message is the better one. */
export function thresholdSchema(clear: string): JsonSchema {
  const limits = MEASURES.map((measure) => [measure, { description: `Limit of ${measure}.`, ...limitSchema(measure) }]);
  return {
    type: 'object',
    properties: { ...Object.fromEntries(limits), clear: { description: clear, examples: ['450MiB'] } },
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 2,
  };
}

/** Makes the condition. @throws OptionError when it could never fire or never clear. */
export function threshold(side: Side, options: ThresholdOptions): Condition {
  const measure = onlyMeasure(side, options);
  const limit = read(measure, options[measure], measure);
  const clear = options.clear === undefined ? limit : read(measure, options.clear, 'clear');
  checkLimits({ side, measure, limit, clear });
  const judge = side === 'above' ? judgeAbove : judgeBelow;
  return {
    wants: [],
    test(target): Verdict | undefined {
      const seen = target.measure(measure);
      if (seen === undefined) return undefined;
      const firing = target.firing && clear !== limit;
      return judge({ measure, limit: firing ? clear : limit, clearing: firing }, seen, target);
    },
  };
}

/** What is compared: while an alert is firing, with the level that ends it. */
interface Comparison {
  readonly measure: Measure;
  readonly limit: Limit;
  readonly clearing: boolean;
}

/** Above for certain, not above for certain, or (undefined) the bounds lie on both sides of the limit. */
function judgeAbove(comparison: Comparison, seen: Bounds, target: TargetView): Verdict | undefined {
  const limit = resolveLimit(comparison.limit, target);
  if (seen.low > limit) return verdict(comparison, { met: true, value: seen.low, limit, seen, relation: 'above' });
  if (seen.high > limit) return undefined;
  return verdict(comparison, { met: false, value: seen.high, limit, seen, relation: 'not above' });
}

function judgeBelow(comparison: Comparison, seen: Bounds, target: TargetView): Verdict | undefined {
  const limit = resolveLimit(comparison.limit, target);
  if (seen.high < limit) return verdict(comparison, { met: true, value: seen.high, limit, seen, relation: 'below' });
  if (seen.low < limit) return undefined;
  return verdict(comparison, { met: false, value: seen.low, limit, seen, relation: 'not below' });
}

interface Finding {
  readonly met: boolean;
  readonly value: number;
  readonly limit: number;
  readonly seen: Bounds;
  readonly relation: string;
}

function verdict(comparison: Comparison, finding: Finding): Verdict {
  const unit = UNIT_OF[comparison.measure];
  const because = (): string => {
    const level = describeLimit(comparison.limit, finding.limit, unit);
    const clearing = comparison.clearing ? ', the level that ends the alert' : '';
    return `${comparison.measure} is ${describeBounds(finding.seen, comparison.measure)}, ${finding.relation} ${level}${clearing}`;
  };
  return { met: finding.met, value: finding.value, limit: finding.limit, unit, because };
}

function describeBounds({ low, high }: Bounds, measure: Measure): string {
  const unit = UNIT_OF[measure];
  const least = formatValue(low, unit);
  if (low === high) return least;
  return high === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${formatValue(high, unit)}`;
}

function onlyMeasure(side: Side, options: ThresholdOptions): Measure {
  const written = MEASURES.filter((measure) => options[measure] !== undefined);
  const [measure, second] = written;
  if (measure === undefined) throw new OptionError([], `${side} of what? Name a measure: { pss: 500MiB }`);
  if (second !== undefined) {
    throw new OptionError(
      [second],
      `${side} takes one measure, not ${written.join(' and ')}: join two conditions with all or any`,
    );
  }
  return measure;
}

function read(measure: Measure, written: unknown, key: string): Limit {
  try {
    return parseLimit(measure, written);
  } catch (error) {
    throw new OptionError([key], error instanceof Error ? error.message : String(error));
  }
}

function limitSchema(measure: Measure): JsonSchema {
  switch (UNIT_OF[measure]) {
    case 'count':
      return { type: 'number', minimum: 0 };
    case 'duration':
      return { $ref: '#/$defs/duration' };
    case 'ratio':
      return { $ref: '#/$defs/percent' };
    default:
      return { $ref: '#/$defs/level' };
  }
}
