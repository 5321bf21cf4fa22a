import { OptionError, readOption } from '../../core/errors.ts';
import { GRADES, type Grade } from '../../core/trend/leak/judge.ts';
import type { JsonSchema } from '../../core/types.ts';
import { parseDuration, parseSize } from '../../core/units.ts';

/** The options as written: `{ over: 1d, grade: confirmed, at-least: 16MiB }`; none is needed. */
export interface LeakOptions {
  readonly over?: string;
  readonly within?: string;
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

/** A short run: how long it is, ms, instead. */
export interface ShortLeakSettings {
  readonly within: number;
  readonly atLeast: number;
}

const SHORTEST = 600_000;
const SHORTEST_RUN = 10_000;
const LONGEST_RUN = 7_200_000;
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
    within: {
      description:
        'A short run instead, 10s to 2h: a test of minutes whose work comes in cycles, eight or more of them in this time. It leaks if every eighth of the time left more behind than the one before.',
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

/** Reads the options of a short run; undefined where it is none. @throws OptionError that leads to the wrong one. */
export function readShortLeak(options: LeakOptions): ShortLeakSettings | undefined {
  if (options.within === undefined) return undefined;
  const other = (['over', 'grade'] as const).find((key) => options[key] !== undefined);
  if (other) throw new OptionError([other], `${other} is for leaks over hours: leave it out, or within`);
  const within = readOption(['within'], () => parseDuration(options.within ?? ''));
  if (within < SHORTEST_RUN || within > LONGEST_RUN) throw new OptionError(['within'], 'write a time from 10s to 2h');
  return { within, atLeast: readAtLeast(options) };
}

function readAtLeast(options: LeakOptions): number {
  return readOption(['at-least'], () => parseSize(options['at-least'] ?? '2MiB'));
}

/** Reads the options. @throws OptionError that leads to the wrong one. */
export function readLeak(options: LeakOptions): LeakSettings {
  const over = readOption(['over'], () => parseDuration(options.over ?? '1d'));
  if (over < SHORTEST || over > LONGEST) throw new OptionError(['over'], 'write a time from 10m to 7d');
  return { over, grade: options.grade ?? 'confirmed', atLeast: readAtLeast(options) };
}
