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
      ...(inner.asksLimits && { asksLimits: true }),
      test(target): Verdict | undefined {
        const now = inner.test(target);
        const { value, seen } = held(target.series(want), { of, now, uptime: target.snapshot.uptime });
        if (seen === 0) return undefined;
        const because = (): string =>
          `held in ${value} of the last ${seen} samples, ${holds} of ${of} are needed; now: ${now?.because() ?? 'not known'}`;
        return { met: value >= holds, value, limit: holds, unit: 'count', because };
      },
      // Each sample counts, so that the condition must be known in each.
      doubts: (target): readonly Doubt[] => inner.doubts?.(target) ?? [],
      fault: (target): string | undefined => inner.fault?.(target),
    };
  },
};

export default plugin;

function asNumber(verdict: Verdict | undefined): number | undefined {
  return verdict && (verdict.met ? 1 : 0);
}

/** In how many of the last samples it held. The one of now joins the series only once everything is read, and what follows from it must be known before. */
function held(
  series: SeriesView,
  { of, now, uptime }: { of: number; now: Verdict | undefined; uptime: number },
): { value: number; seen: number } {
  const joined = series.length > 0 && series.at(series.length - 1) === uptime;
  const more = now !== undefined && !joined ? 1 : 0;
  const first = Math.max(0, series.length + more - of);
  let value = more === 1 && now?.met ? 1 : 0;
  for (let index = first; index < series.length; index += 1) value += series.value(index);
  return { value, seen: series.length + more - first };
}
