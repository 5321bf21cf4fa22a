import { OptionError, readOption } from '../../core/errors.ts';
import { describeLimit, type Limit, parseLimit, resolveLimit, UNIT_OF } from '../../core/level.ts';
import { MEASURES } from '../../core/measure.ts';
import type { Bounds, Condition, JsonSchema, Measure, TargetView, Unit, Verdict } from '../../core/types.ts';
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
  const limit = readOption([measure], () => parseLimit(measure, options[measure]));
  const clear = options.clear === undefined ? limit : readOption(['clear'], () => parseLimit(measure, options.clear));
  checkLimits({ side, measure, limit, clear });
  const judge = side === 'above' ? judgeAbove : judgeBelow;
  const unit = UNIT_OF[measure];
  const ordinary: Comparison = { measure, unit, limit, clearing: false };
  const clearing: Comparison = { measure, unit, limit: clear, clearing: clear !== limit };
  return {
    wants: [],
    test(target): Verdict | undefined {
      const seen = target.measure(measure);
      return seen && judge(target.firing ? clearing : ordinary, seen, target);
    },
  };
}

/** What is compared: while an alert is firing, with the level that ends it. */
interface Comparison {
  readonly measure: Measure;
  readonly unit: Unit;
  readonly limit: Limit;
  readonly clearing: boolean;
}

/**
 * Above for certain, not above for certain, or (undefined) the bounds lie on both sides of the limit. Hot, as
 * `judgeBelow` is: asked of every target of nearly every rule, so that no text is made before somebody reads it.
 */
function judgeAbove(comparison: Comparison, seen: Bounds, target: TargetView): Verdict | undefined {
  const { unit } = comparison;
  const limit = resolveLimit(comparison.limit, target);
  const { low, high } = seen;
  if (low > limit) {
    return { met: true, value: low, limit, unit, because: () => explain(comparison, { seen, limit, is: 'above' }) };
  }
  if (high > limit) return undefined;
  return { met: false, value: high, limit, unit, because: () => explain(comparison, { seen, limit, is: 'not above' }) };
}

function judgeBelow(comparison: Comparison, seen: Bounds, target: TargetView): Verdict | undefined {
  const { unit } = comparison;
  const limit = resolveLimit(comparison.limit, target);
  const { low, high } = seen;
  if (high < limit) {
    return { met: true, value: high, limit, unit, because: () => explain(comparison, { seen, limit, is: 'below' }) };
  }
  if (low < limit) return undefined;
  return { met: false, value: low, limit, unit, because: () => explain(comparison, { seen, limit, is: 'not below' }) };
}

function explain(comparison: Comparison, { seen, limit, is }: { seen: Bounds; limit: number; is: string }): string {
  const { measure, unit, clearing } = comparison;
  const level = describeLimit(comparison.limit, limit, unit);
  return `${measure} is ${describeBounds(seen, unit)}, ${is} ${level}${clearing ? ', the level that ends the alert' : ''}`;
}

function describeBounds({ low, high }: Bounds, unit: Unit): string {
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
