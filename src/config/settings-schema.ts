import type { JsonSchema } from '../core/types.ts';
import { NOTICE_KINDS } from './events-schema.ts';
import { windows } from './telling-schema.ts';

/** Schemas of what psstop.yaml settles besides rules, actions and sinks. */
export const SETTINGS: Readonly<Record<string, JsonSchema>> = {
  interval: { $ref: '#/$defs/duration', description: 'Time from one snapshot to the next. Default: 5s.' },
  heartbeat: { $ref: '#/$defs/duration', description: 'How often to say that all is well; 0s is never. Default: 5m.' },
  reading: {
    description: 'How processes are read. Reading one walks its page tables and holds up its memory calls.',
    type: 'object',
    properties: {
      exact: {
        enum: ['as-needed', 'always'],
        description:
          'as-needed (default): only those on which a rule depends; always: every process at every snapshot.',
      },
      'per-process': {
        $ref: '#/$defs/percent',
        description:
          'Share of its time for which a process may be read, unless it is about to be acted on. Default: 0.1%.',
      },
      'per-host': {
        $ref: '#/$defs/percent',
        description: 'Share of one CPU that all readings may take together. Default: 0.5%.',
      },
    },
    additionalProperties: false,
  },
  limits: {
    description: 'Bounds over all rules.',
    type: 'object',
    properties: {
      restarts: {
        $ref: '#/$defs/atMost',
        description: 'How often targets may be restarted or sent a signal, all together. Default: 20 per 1h.',
      },
      quiet: windows(
        'When nothing is restarted or sent a signal, whoever is told: it is done at the end, where the alert still fires.',
      ),
    },
    additionalProperties: false,
  },
  proc: { type: 'string', pattern: '^/', description: 'Root of the proc file system. Default: /proc.' },
  cgroup: { type: 'string', pattern: '^/', description: 'Root of the cgroup file system. Default: /sys/fs/cgroup.' },
  state: {
    type: 'string',
    minLength: 1,
    description:
      'Folder, relative to this file, where alerts and histories outlive a restart; none keeps nothing. Default: $STATE_DIRECTORY.',
  },
  history: {
    description:
      'What was read, and what happened, kept in the state folder (history.db) for psstop history, compare and replay; off keeps none.',
    type: ['object', 'string'],
    pattern: '^off$',
    properties: {
      keep: { $ref: '#/$defs/duration', description: 'For how long. Default: 30d.' },
      size: {
        $ref: '#/$defs/size',
        description: 'How big the file may become; the oldest goes first. Default: 200MiB.',
      },
    },
    additionalProperties: false,
    examples: ['off'],
  },
  plugins: {
    type: 'string',
    minLength: 1,
    description: 'Folder with plugins of your own in conditions/, actions/ and sinks/.',
  },
  rules: {
    description: 'Rules files and folders, relative to this file. Default: rules.d, where it is there.',
    type: ['string', 'array'],
    minLength: 1,
    items: { type: 'string', minLength: 1 },
    examples: ['rules.d'],
  },
};

/** Schema of `on`. */
export const ON: JsonSchema = {
  description: 'Who is told of what happens to psstop itself: rules rejected, a receiver that does not answer …',
  type: 'array',
  items: {
    type: 'object',
    properties: {
      notice: {
        description: 'Kinds of notices. Default: all.',
        type: 'array',
        items: { enum: NOTICE_KINDS },
        minItems: 1,
        uniqueItems: true,
      },
      severity: { $ref: '#/$defs/severity', description: 'Only notices at least so bad. Default: warning.' },
      // biome-ignore lint/suspicious/noThenProperty: the rules' own word; nobody awaits a schema
      then: { type: 'array', items: { $ref: '#/$defs/step' }, minItems: 1, description: 'Actions.' },
    },
    required: ['then'],
    additionalProperties: false,
  },
};
