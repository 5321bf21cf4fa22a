import { readOption } from '../../core/errors.ts';
import type { JsonSchema } from '../../core/types.ts';
import { parsePercent } from '../../core/units.ts';
import type { BuildOptions } from './build.ts';

/** How sure it must be, from the mildest. */
const GRADES = ['suspected', 'confirmed'] as const;

/** The options as written; none is needed. */
export interface RegressionOptions {
  readonly grade?: (typeof GRADES)[number];
  readonly more?: string;
  readonly build?: BuildOptions;
}

/** The options as they are reckoned with. */
export interface RegressionSettings {
  /** A suspicion counts too. */
  readonly suspected: boolean;
  /** The share that must be held more, 0 to 1. */
  readonly more: number;
}

const PATTERN = { type: 'string', minLength: 1 } as const;

/** Schema of the options. */
export const regressionSchema: JsonSchema = {
  type: 'object',
  properties: {
    grade: { description: 'How sure: suspected (P 0.9) or confirmed (P 0.975, the default).', enum: GRADES },
    more: { description: 'So much more must be held. 5% when not given.', $ref: '#/$defs/percent' },
    build: {
      description:
        'What tells builds apart, where the program is an interpreter that runs many: a regular expression, of which the first group, or else all that matches, names the build. When not given it is the file that is run: its path, inode, size and time of change.',
      type: 'object',
      properties: {
        cmdline: { description: 'Looked for in the command line.', ...PATTERN },
        exe: { description: 'Looked for in the path of the program.', ...PATTERN },
        cgroup: { description: 'Looked for in the path of the cgroup.', ...PATTERN },
      },
      minProperties: 1,
      maxProperties: 1,
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};

/** Reads the options. @throws OptionError that leads to the wrong one. */
export function readRegression({ grade, more }: RegressionOptions): RegressionSettings {
  return {
    suspected: grade === 'suspected',
    more: readOption(['more'], () => parsePercent(more ?? '5%')),
  };
}
