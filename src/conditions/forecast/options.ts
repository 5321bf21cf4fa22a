import { OptionError, readOption } from '../../core/errors.ts';
import { type Limit, parseLimit } from '../../core/level.ts';
import type { JsonSchema } from '../../core/types.ts';
import { parseDuration } from '../../core/units.ts';

/** The measures that can be foreseen: those of processes, in bytes. */
const FORESEEN = ['memory', 'pss', 'uss', 'anon', 'rss', 'swap', 'shmem', 'dirty'] as const;

type Foreseen = (typeof FORESEEN)[number];

/** The options as written: `{ memory: 2GiB, within: 1d, confidence: 0.9 }`; without a measure the nearest ceiling is meant. */
export type ForecastOptions = Partial<Record<Foreseen, string>> & {
  readonly within: string;
  readonly confidence?: number;
};

/** The options as they are reckoned with. */
export interface ForecastSettings {
  readonly measure: Foreseen;
  /** Absent: the nearest of the cgroups' ceilings, of what others leave under them, and of what the host has left. */
  readonly limit: Limit | undefined;
  /** ms */
  readonly within: number;
  /** How sure to be that it happens in that time; 0.5 takes the forecast as it is. */
  readonly confidence: number;
}

const SHORTEST = 60_000;
const LONGEST = 30 * 86_400_000;

/** Schema of the options. That there is at most one measure is checked when the condition is made. */
export const forecastSchema: JsonSchema = {
  type: 'object',
  properties: {
    ...Object.fromEntries(
      FORESEEN.map((name) => [name, { description: `The level that ${name} will reach.`, $ref: '#/$defs/level' }]),
    ),
    within: { description: 'In this time from now, 1m to 30d.', $ref: '#/$defs/duration' },
    confidence: {
      description: 'How sure to be that it is reached in that time. 0.5 when not given: as likely as not.',
      type: 'number',
      minimum: 0.5,
      maximum: 0.99,
    },
  },
  required: ['within'],
  additionalProperties: false,
};

/** Reads the options. @throws OptionError that leads to the wrong one. */
export function readForecast(options: ForecastOptions): ForecastSettings {
  const [measure, second] = FORESEEN.filter((name) => options[name] !== undefined);
  if (second !== undefined) throw new OptionError([second], `forecast takes one measure, and ${measure} stands before`);
  const limit = measure && readOption([measure], () => parseLimit(measure, options[measure]));
  const within = readOption(['within'], () => parseDuration(options.within));
  if (within < SHORTEST || within > LONGEST) throw new OptionError(['within'], 'write a time from 1m to 30d');
  return { measure: measure ?? 'memory', limit, within, confidence: options.confidence ?? 0.5 };
}
