import { OptionError } from '../core/errors.ts';
import type { Condition, ConditionPlugin, Doubt, SeriesView, SeriesWant, Verdict } from '../core/types.ts';

interface TimesOptions {
  readonly when: unknown;
  readonly holds: number;
  readonly of: number;
}

const plugin: ConditionPlugin = {
  summary: 'Another condition held in so many of the last samples; a sample where it is not known is not counted.',
  example: { when: { above: { pss: '500MiB' } }, holds: 3, of: 5 },
  schema: {
    type: 'object',
    properties: {
      when: { $ref: '#/$defs/condition' },
      holds: { type: 'integer', minimum: 1, description: 'In at least so many samples it held.' },
      of: { type: 'integer', minimum: 2, maximum: 1000, description: 'So many of the last samples are looked at.' },
    },
    required: ['when', 'holds', 'of'],
    additionalProperties: false,
  },
  async create({ when, holds, of }: TimesOptions, context): Promise<Condition> {
    if (holds > of) throw new OptionError(['holds'], `never ${holds} of ${of}: write at most ${of}`);
    const inner = await context.condition(when, ['when']);
    const want: SeriesWant = {
      window: Number.POSITIVE_INFINITY,
      value: (target) => asNumber(inner.test(target)),
      keep: { samples: of },
    };
    return {
      // What the inner condition wants comes first: its histories must have moved on before it is asked for this one.
      wants: [...inner.wants, want],
      ...(inner.wholeSelection && { wholeSelection: true }),
      test(target): Verdict | undefined {
        const series = target.series(want);
        if (series.length === 0) return undefined;
        const value = held(series);
        const seen = series.length;
        const now = inner.test(target);
        const because = (): string =>
          `held in ${value} of the last ${seen} samples, ${holds} of ${of} are needed; now: ${now?.because() ?? 'not known'}`;
        return { met: value >= holds, value, limit: holds, unit: 'count', because };
      },
      // Each sample counts, so that the condition must be known in each.
      doubts: (target): readonly Doubt[] => inner.doubts?.(target) ?? [],
    };
  },
};

export default plugin;

function asNumber(verdict: Verdict | undefined): number | undefined {
  return verdict && (verdict.met ? 1 : 0);
}

function held(series: SeriesView): number {
  let count = 0;
  for (let index = 0; index < series.length; index += 1) count += series.value(index);
  return count;
}
