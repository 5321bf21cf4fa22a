import { OptionError, readOption } from '../../core/errors.ts';
import type { JsonSchema, Measure } from '../../core/types.ts';
import { parseDuration, parseRate, parseSize, type Rate } from '../../core/units.ts';

type Growing = Exclude<Measure, 'count' | 'age' | 'available' | 'coverage'>;

/** The measures whose growth can be told: those in bytes that can grow without end. */
const GROWING: readonly Growing[] = [
  'pss',
  'swap',
  'memory',
  'uss',
  'anon',
  'file',
  'shmem',
  'dirty',
  'rss',
  'total',
  'unaccounted',
];

/** The options as written: `{ pss: 10MiB/h, over: 1h, confidence: 0.9, at-least: 20MiB }`. */
export type GrowthOptions = Partial<Record<Growing, string>> & {
  readonly over: string;
  readonly confidence?: number;
  readonly 'at-least'?: string;
};

/** The options as they are reckoned with. */
export interface Growth {
  readonly measure: Growing;
  readonly rate: Rate;
  /** Length of the window, ms. */
  readonly window: number;
  /** Share of intervals that hold the true rate. */
  readonly confidence: number;
  /** Bytes that it must have grown by. */
  readonly atLeast: number;
}

const SHORTEST = 10_000;
const LONGEST = 30 * 86_400_000;

/** Schema of the options. That there is just one measure is checked when the condition is made. */
export const growthSchema: JsonSchema = {
  type: 'object',
  properties: {
    ...Object.fromEntries(
      GROWING.map((name) => [name, { description: `Rate of growth of ${name}.`, $ref: '#/$defs/rate' }]),
    ),
    over: { description: 'The window: 10s to 30d, and at least four intervals long.', $ref: '#/$defs/duration' },
    confidence: {
      description: 'How sure to be of the rate: the share of its intervals that hold the true one. 0.9 when not given.',
      type: 'number',
      minimum: 0.5,
      maximum: 0.999,
    },
    'at-least': { description: 'It must have grown by this much in the window.', $ref: '#/$defs/size' },
  },
  required: ['over'],
  additionalProperties: false,
};

/** Reads the options. @throws OptionError that leads to the wrong one. */
export function readGrowth(options: GrowthOptions): Growth {
  const [measure, second] = GROWING.filter((name) => options[name] !== undefined);
  if (measure === undefined) throw new OptionError([], 'growth of what? Name a measure: { pss: 10MiB/h, over: 1h }');
  if (second !== undefined) throw new OptionError([second], `growth takes one measure, and ${measure} stands before`);
  const rate = readOption([measure], () => parseRate(options[measure] ?? ''));
  if (rate.perSecond === 0) throw new OptionError([measure], 'a rate of 0 is passed by mere noise: write more');
  const window = readOption(['over'], () => parseDuration(options.over));
  if (window < SHORTEST || window > LONGEST) throw new OptionError(['over'], 'write a window from 10s to 30d');
  const atLeast = readOption(['at-least'], () => parseSize(options['at-least'] ?? '0B'));
  return { measure, rate, window, confidence: options.confidence ?? 0.9, atLeast };
}
