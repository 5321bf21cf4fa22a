import { OptionError, readOption } from '../../core/errors.ts';
import { GRADES, type Grade } from '../../core/trend/leak/judge.ts';
import type { JsonSchema } from '../../core/types.ts';
import { parseDuration, parseSize } from '../../core/units.ts';

/** The options as written: `{ over: 1d, grade: confirmed, at-least: 16MiB }`; none is needed. */
export interface LeakOptions {
  readonly over?: string;
  readonly grade?: Grade;
  readonly 'at-least'?: string;
}

/** The options as they are reckoned with. */
export interface LeakSettings {
  /** How long a process must have been seen before there is a verdict, ms. */
  readonly over: number;
  /** The mildest grade that counts. */
  readonly grade: Grade;
  /** Bytes that must be retained more. */
  readonly atLeast: number;
}

const SHORTEST = 600_000;
const LONGEST = 7 * 86_400_000;

/** Schema of the options. */
export const leakSchema: JsonSchema = {
  type: 'object',
  properties: {
    over: {
      description:
        'How long a process is watched before there is a verdict, 10m to 7d; 1d when not given. Shorter finds fast leaks sooner and takes longer warm-ups and collector cycles for leaks.',
      $ref: '#/$defs/duration',
    },
    grade: {
      description:
        'How sure: suspected (time or less load will tell), confirmed (the default), page (confirmed, and by a fifth or near the ceiling).',
      enum: GRADES,
    },
    'at-least': { description: 'So much must be retained more. 2MiB when not given.', $ref: '#/$defs/size' },
  },
  additionalProperties: false,
};

/** Reads the options. @throws OptionError that leads to the wrong one. */
export function readLeak(options: LeakOptions): LeakSettings {
  const over = readOption(['over'], () => parseDuration(options.over ?? '1d'));
  if (over < SHORTEST || over > LONGEST) throw new OptionError(['over'], 'write a time from 10m to 7d');
  const atLeast = readOption(['at-least'], () => parseSize(options['at-least'] ?? '2MiB'));
  return { over, grade: options.grade ?? 'confirmed', atLeast };
}
