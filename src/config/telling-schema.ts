import type { JsonSchema } from '../core/types.ts';

/** A window or a list of them. */
export const windows = (description: string): JsonSchema => ({
  description,
  type: ['object', 'array'],
  ...{ $ref: '#/$defs/window' },
});

const DAY = '(sun|mon|tue|wed|thu|fri|sat)';
/** A day of the week, or from one to another. */
const DAYS: JsonSchema = { title: 'days', pattern: `^${DAY}(-${DAY})?$` };

/** The definitions that the keys of `TELLING` refer to. */
export const TELLING_DEFINITIONS: Readonly<Record<string, JsonSchema>> = {
  clock: {
    title: 'time of the day',
    description: 'A time of the day, 00:00 to 24:00.',
    type: 'string',
    pattern: '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$',
    examples: ['08:30'],
  },
  window: {
    description: 'A time of the day on some days of the week, by the clock on the wall; or a list of them.',
    type: ['object', 'array'],
    properties: {
      days: {
        ...DAYS,
        description: 'On which days it begins, such as mon-fri or sat; or a list. Default: every day.',
        type: ['string', 'array'],
        items: { ...DAYS, type: 'string' },
        minItems: 1,
        examples: ['mon-fri', ['mon', 'thu']],
      },
      from: { $ref: '#/$defs/clock', description: 'Default: 00:00.' },
      to: { $ref: '#/$defs/clock', description: 'Not later than from: on the next day. Default: 24:00.' },
      zone: { type: 'string', minLength: 1, description: "Default: the host's.", examples: ['Europe/Berlin'] },
    },
    additionalProperties: false,
    minProperties: 1,
    items: { $ref: '#/$defs/window', type: 'object' },
    minItems: 1,
    examples: [{ days: 'mon-fri', from: '08:00', to: '18:00', zone: 'Europe/Berlin' }],
  },
};

/** The keys of a rule that say who is told, and when. */
export const TELLING: Readonly<Record<string, JsonSchema>> = {
  during: windows('Told, and acted upon, only within these times; what still fires when they begin is told then.'),
  except: windows('Never told, nor acted upon, within these times.'),
  'inhibited-by': {
    description: 'While one of these rules fires for the same target, unit or host, this one is held.',
    type: ['string', 'array'],
    minLength: 1,
    items: { type: 'string', minLength: 1 },
    minItems: 1,
    examples: ['host-out-of-memory'],
  },
  group: {
    description: 'What is told together, in one message, by actions that can.',
    type: 'object',
    properties: {
      by: {
        description: 'rule, unit, host, or names of labels: alerts that have these in common. Default: rule.',
        type: ['string', 'array'],
        minLength: 1,
        items: { $ref: '#/$defs/name' },
        uniqueItems: true,
      },
      wait: { $ref: '#/$defs/duration', description: 'How long the first one waits for company. Default: 30s.' },
      interval: { $ref: '#/$defs/duration', description: 'From one message to the next. Default: 5m.' },
    },
    additionalProperties: false,
    examples: [{ by: ['team'], wait: '30s', interval: '5m' }],
  },
  escalate: {
    description: 'Louder steps, while nobody has acknowledged the alert and it is not resolved.',
    type: 'array',
    minItems: 1,
    items: {
      type: 'object',
      properties: {
        after: { $ref: '#/$defs/duration', description: 'So long after it was told first.' },
        // biome-ignore lint/suspicious/noThenProperty: the rules' own word; nobody awaits a schema
        then: { type: 'array', items: { $ref: '#/$defs/step' }, minItems: 1, description: 'Actions.' },
      },
      required: ['after', 'then'],
      additionalProperties: false,
    },
  },
  storm: {
    description: 'More targets than this that fire at once are told as one, and not acted upon. Default: 20.',
    type: 'integer',
    minimum: 1,
  },
};
