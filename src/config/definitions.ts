import { MEASURES } from '../core/measure.ts';
import type { AlertKind, JsonSchema, Severity } from '../core/types.ts';

const AMOUNT = String.raw`\d+(\.\d+)?\s*`;
const SIZE = `${AMOUNT}(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)`;
const TIME = String.raw`(${AMOUNT}(ms|s|m|h|d|w)\s*)+`;

/** A schema of the words of a union type; the compiler sees to it that none is missing. */
export function oneOf<Word extends string>(words: Readonly<Record<Word, 1>>, rest: JsonSchema = {}): JsonSchema {
  return { ...rest, enum: Object.keys(words) };
}

/** A text in one of psstop's notations. `title` is its name; explain.ts finds the reader of core/units by it. */
function notation(title: string, pattern: string, rest: JsonSchema): JsonSchema {
  return { title, type: 'string', pattern: `^${pattern}$`, ...rest };
}

/** The notations and words that every schema may refer to by `#/$defs/NAME`. They read what core/units reads. */
export const DEFINITIONS: Readonly<Record<string, JsonSchema>> = {
  size: notation('size', SIZE, {
    description: 'Bytes with a unit: KiB MiB GiB TiB (binary), kB MB GB TB (decimal) or B.',
    examples: ['500MiB', '1.5GB'],
  }),
  duration: notation('duration', TIME, {
    description: 'A time with its units: ms s m h d w.',
    examples: ['90s', '1h30m', '7d'],
  }),
  rate: notation('rate', String.raw`${AMOUNT}(%|B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)\s*/\s*(ms|s|m|h|d|w|${TIME})`, {
    description: 'Growth: a size or a share for each time.',
    examples: ['5MiB/h', '10%/d'],
  }),
  percent: notation('percent', `${AMOUNT}%`, { description: 'A share of a whole.', examples: ['80%'] }),
  level: notation('level', String.raw`(${SIZE}|${AMOUNT}%\s+of\s+(ram|limit))`, {
    description:
      "A size, or a share of the host's memory (ram) or of the nearest ceiling (limit: the lowest memory.max or memory.high of the process's cgroups, else the host's memory).",
    examples: ['500MiB', '80% of limit', '10% of ram'],
  }),
  measure: {
    enum: MEASURES,
    description:
      'pss; swap (SwapPss); memory (pss + swap); uss (private); anon, file, shmem; dirty; rss; count; age. Of the host: available, total, unaccounted, coverage, undecided.',
  },
  name: {
    title: 'name',
    description: 'Letters, digits, dots, underlines and dashes, beginning with a letter or digit.',
    type: 'string',
    pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$',
    examples: ['web-over-budget'],
  },
  severity: oneOf<Severity>({ info: 1, warning: 1, critical: 1 }, { description: 'How bad it is. Default: warning.' }),
  kinds: {
    title: 'kinds of events',
    description: 'The events that the action is run for.',
    type: 'array',
    items: oneOf<AlertKind>({ pending: 1, cancelled: 1, fired: 1, reminded: 1, resolved: 1 }),
    minItems: 1,
    uniqueItems: true,
    examples: [['fired', 'resolved']],
  },
  atMost: notation('limit', String.raw`[1-9]\d{0,5} per ${TIME}`, {
    description: 'How often the action may be run, over all its targets.',
    examples: ['3 per 1h'],
  }),
  secret: {
    title: 'secret',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the user's notation
    description: 'A secret: { file: PATH } of a file that not everybody may read, or a variable: ${NAME}.',
    type: ['string', 'object'],
    properties: {
      file: { type: 'string', description: 'Absolute path. One newline at the end of the file is left out.' },
    },
    required: ['file'],
    additionalProperties: false,
    examples: [{ file: '/etc/psstop/mail-password' }],
  },
};

/** The keys that every action takes besides its own options. */
export const TIMING: Readonly<Record<string, JsonSchema>> = {
  on: { $ref: '#/$defs/kinds' },
  after: { $ref: '#/$defs/duration', description: 'Only when the alert has been firing this long.' },
  'at-most': { $ref: '#/$defs/atMost' },
  fallback: {
    $ref: '#/$defs/name',
    description: 'One of actions: it is told what this one failed to do for good, or could not do for five minutes.',
  },
};

const texts = (description: string, ...examples: unknown[]): JsonSchema => ({
  description,
  type: ['string', 'array'],
  minLength: 1,
  items: { type: 'string', minLength: 1 },
  minItems: 1,
  examples,
});

/** What `select` takes. */
export const SELECTOR: JsonSchema = {
  description: 'Which processes: a name or a glob, or a mapping whose keys must all hold. Default: every process.',
  type: ['string', 'object'],
  minLength: 1,
  minProperties: 1,
  additionalProperties: false,
  properties: {
    name: texts('Name or glob: comm, or the longer name of the command line where comm was cut.', 'nginx', [
      'worker-*',
    ]),
    exe: texts('Path or glob of the executable.', '/usr/bin/node'),
    cmdline: texts('Regular expression (RE2) that some part of the command line matches.', '--role=worker'),
    user: texts('User name or glob.', 'www-data'),
    unit: texts('systemd unit or glob.', 'nginx.service'),
    cgroup: texts('Path or glob in the cgroup hierarchy.', '/system.slice/*'),
    container: texts('Container id or glob.', '3f2a*'),
    pid: {
      description: 'Process id.',
      type: ['integer', 'array'],
      minimum: 1,
      items: { type: 'integer', minimum: 1 },
      minItems: 1,
    },
    parent: texts('The process, or one above it, has this name: a tree counted as one.', 'postgres'),
    age: {
      description: 'How long the process has been running.',
      type: 'object',
      properties: { above: { $ref: '#/$defs/duration' }, below: { $ref: '#/$defs/duration' } },
      additionalProperties: false,
      minProperties: 1,
      examples: [{ above: '10m' }],
    },
    not: { $ref: '#/$defs/excluded' },
  },
  examples: ['nginx', { name: 'worker-*', user: 'app', age: { above: '10m' } }],
};
