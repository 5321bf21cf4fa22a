import { describeLimit, UNIT_OF } from '../../core/level.ts';
import type { Unit } from '../../core/types.ts';
import { formatValue, parseRate } from '../../core/units.ts';
import { thresholdOf } from './level.ts';

/** How the value of an expression is shown, as a template, and what it is compared with, as text. */
export interface FigureText {
  readonly value: string;
  readonly limit: string;
}

type Options = Readonly<Record<string, unknown>>;

const TEMPLATES: Readonly<Record<Unit, string>> = {
  bytes: '{{ $value | humanize1024 }}B',
  'bytes/s': '{{ $value | humanize1024 }}B/s',
  'ratio/s': '{{ $value | humanizePercentage }}/s',
  ratio: '{{ $value | humanizePercentage }}',
  duration: '{{ $value | humanizeDuration }}',
  count: '{{ $value }}',
};

/** What the first figure of a condition is: the one whose value an expression gives. */
export function figureText(when: Options): FigureText {
  const [[key, options] = ['', undefined]] = Object.entries(when);
  switch (key) {
    case 'above':
    case 'below':
      return ofThreshold(key, options as Options);
    case 'growth':
      return ofGrowth(options as Options);
    case 'forecast':
      return { value: TEMPLATES.bytes, limit: '' };
    case 'count':
      return { value: TEMPLATES.count, limit: Object.values(options as Options).join(' or ') };
    case 'all':
    case 'any':
      return figureText((options as Options[])[0] ?? {});
    default:
      return { value: TEMPLATES.count, limit: '' };
  }
}

function ofThreshold(side: 'above' | 'below', options: Options): FigureText {
  const { measure, limit } = thresholdOf(side, options);
  const unit = UNIT_OF[measure];
  const text =
    limit.of === 'fixed'
      ? describeLimit(limit, limit.value, unit)
      : `${formatValue(limit.ratio, 'ratio')} of ${limit.of}`;
  return { value: TEMPLATES[unit], limit: text };
}

function ofGrowth(options: Options): FigureText {
  const written = Object.entries(options).find(([key]) => !['over', 'confidence', 'at-least'].includes(key));
  const rate = parseRate(String(written?.[1]));
  return { value: TEMPLATES[rate.unit], limit: formatValue(rate.perSecond, rate.unit) };
}
