import { OptionError } from '../core/errors.ts';
import type { Condition, ConditionPlugin, Verdict } from '../core/types.ts';

/** One or both of `above` and `below` (outside a range), or `equals`. */
interface CountOptions {
  readonly above?: number;
  readonly below?: number;
  readonly equals?: number;
}

const plugin: ConditionPlugin = {
  summary: 'How many processes match, none included: above or below a number, or equal to it.',
  example: { above: 10 },
  schema: {
    type: 'object',
    properties: {
      above: { type: 'integer', minimum: 0, description: 'More processes than this.' },
      below: { type: 'integer', minimum: 1, description: 'Fewer processes than this.' },
      equals: { type: 'integer', minimum: 0, description: 'Just so many processes.' },
    },
    additionalProperties: false,
    minProperties: 1,
  },
  create(options: CountOptions): Condition {
    check(options);
    return { wants: [], wholeSelection: true, test: (target) => judge(options, target.members.length) };
  },
};

export default plugin;

function check({ above, below, equals }: CountOptions): void {
  if (equals !== undefined && (above !== undefined || below !== undefined)) {
    throw new OptionError(['equals'], 'equals stands alone: remove it, or remove above and below');
  }
  if (above !== undefined && below !== undefined && below > above + 1) {
    throw new OptionError(
      ['below'],
      `every count is above ${above} or below ${below}, so this never clears: for a range, join two counts with all`,
    );
  }
}

function judge({ above, below, equals }: CountOptions, value: number): Verdict {
  if (equals !== undefined) return verdict(value === equals, value, { relation: 'just', limit: equals });
  if (above !== undefined && (value > above || below === undefined)) {
    return verdict(value > above, value, { relation: 'more than', limit: above });
  }
  const limit = below ?? 0;
  return verdict(value < limit, value, { relation: 'fewer than', limit });
}

function verdict(met: boolean, value: number, { relation, limit }: { relation: string; limit: number }): Verdict {
  const because = (): string =>
    `${value} ${value === 1 ? 'process matches' : 'processes match'}, ${met ? '' : 'not '}${relation} ${limit}`;
  return { met, value, limit, unit: 'count', because };
}
