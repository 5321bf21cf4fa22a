import { OptionError, readOption } from '../../core/errors.ts';
import { describeLimit, type Limit, parseLimit, resolveLimit, UNIT_OF } from '../../core/level.ts';
import { MEASURES } from '../../core/measure.ts';
import type { Bounds, Condition, Doubt, JsonSchema, Measure, TargetView, Verdict } from '../../core/types.ts';
import { formatBounds } from '../../core/units.ts';
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
  const ordinary: Comparison = { side, measure, limit };
  const clearing: Comparison = clear === limit ? ordinary : { side, measure, limit: clear, fires: limit };
  return {
    wants: [],
    test(target): Verdict | undefined {
      const seen = target.measure(measure);
      return seen && judge(target.firing ? clearing : ordinary, seen, target);
    },
    doubts(target): readonly Doubt[] {
      const seen = target.measure(measure);
      if (seen === undefined || seen.low === seen.high) return NO_DOUBT;
      const level = resolveLimit(target.firing ? clear : limit, target);
      return isMet(side, seen, level) === undefined ? [{ measure, limit: level }] : NO_DOUBT;
    },
  };
}

/** What is compared: while an alert is firing, with the level that ends it. */
interface Comparison {
  readonly side: Side;
  readonly measure: Measure;
  readonly limit: Limit;
  /** Where the limit is the level that ends the alert: the one by which it fires. */
  readonly fires?: Limit;
}

const NO_DOUBT: readonly Doubt[] = [];

/** Hot: asked of every target of nearly every rule, so that no text is made before somebody reads it. */
function judge(comparison: Comparison, seen: Bounds, target: TargetView): Verdict | undefined {
  const { side, measure } = comparison;
  const limit = resolveLimit(comparison.limit, target);
  if (limit === Number.POSITIVE_INFINITY) return undefined;
  const met = isMet(side, seen, limit);
  if (met === undefined) return undefined;
  return {
    met,
    // The bound that decides is the one nearer to the limit.
    value: met === (side === 'above') ? seen.low : seen.high,
    rough: seen.low !== seen.high,
    limit,
    ...(comparison.fires !== undefined && { fires: resolveLimit(comparison.fires, target) }),
    unit: UNIT_OF[measure],
    because: () => explain(comparison, { seen, limit, met }),
  };
}

/** For certain, for certain not, or (undefined) the bounds lie on both sides of the limit. */
function isMet(side: Side, { low, high }: Bounds, limit: number): boolean | undefined {
  const certain = side === 'above' ? low > limit : high < limit;
  if (certain) return true;
  const possible = side === 'above' ? high > limit : low < limit;
  return possible ? undefined : false;
}

function explain(comparison: Comparison, { seen, limit, met }: { seen: Bounds; limit: number; met: boolean }): string {
  const { side, measure, fires } = comparison;
  const unit = UNIT_OF[measure];
  const level = describeLimit(comparison.limit, limit, unit);
  const relation = met ? side : `not ${side}`;
  const ending = fires === undefined ? '' : ', the level that ends the alert';
  return `${measure} is ${formatBounds(seen, unit)}, ${relation} ${level}${ending}`;
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
