import type { JsonSchema } from '../core/types.ts';
import { DEFINITIONS, SELECTOR, TIMING } from './definitions.ts';
import { ON } from './on.ts';
import { findPlugins, type PluginKinds, type Plugins } from './plugins.ts';
import { eventsSchema } from './records.ts';
import { SETTINGS } from './settings-schema.ts';
import { snapshotSchema } from './snapshot-schema.ts';
import { TELLING, TELLING_DEFINITIONS } from './telling-schema.ts';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** The schemas of one set of plugins. */
export interface Schemas {
  readonly rules: JsonSchema;
  readonly config: JsonSchema;
  /** The complete options of each plugin, by `KIND.NAME`; they refer to the definitions of `config`. */
  readonly options: Readonly<Record<string, JsonSchema>>;
}

/** Every schema that psstop publishes, by file name, made from the plugins that come with it. */
export async function composeSchemas(): Promise<Record<string, JsonSchema>> {
  const { rules, config } = await fileSchemas(await findPlugins());
  return {
    'rules.schema.json': rules,
    'config.schema.json': config,
    'events.schema.json': eventsSchema(DIALECT),
    'snapshot.schema.json': snapshotSchema(DIALECT),
  };
}

/** Makes the schemas of the user's files. In them an action's options may be incomplete: `defaults` can hold the rest. */
export async function fileSchemas(plugins: Plugins): Promise<Schemas> {
  const conditions = await schemasOf(plugins, 'conditions');
  const actions = await schemasOf(plugins, 'actions');
  const sinks = await schemasOf(plugins, 'sinks');
  const steps = mapValues(actions, (schema) => withTiming(schema));
  const shared = {
    ...DEFINITIONS,
    ...TELLING_DEFINITIONS,
    selector: SELECTOR,
    excluded: withoutAge(SELECTOR),
    condition: oneKey(definitionRefs(conditions, 'condition'), 'What must hold: one condition.'),
    step: { ...oneKey(definitionRefs(steps, 'action'), STEP), additionalProperties: TIMED, type: ['string', 'object'] },
    ...prefixed(conditions, 'condition'),
    ...prefixed(steps, 'action'),
  };
  const named = {
    type: 'object',
    description: NAMED,
    propertyNames: { $ref: '#/$defs/name' },
    additionalProperties: { $ref: '#/$defs/step' },
  };
  return {
    rules: {
      $schema: DIALECT,
      title: 'psstop rules',
      ...closed({ rules: { type: 'array', items: { $ref: '#/$defs/rule' } }, actions: named }),
      $defs: { ...shared, rule: RULE },
    },
    config: {
      $schema: DIALECT,
      title: 'psstop.yaml',
      ...closed({
        ...SETTINGS,
        actions: named,
        defaults: {
          ...closed(mapValues(actions, partial)),
          description: 'Options that every use of an action has unless it says otherwise.',
        },
        on: ON,
        sinks: {
          type: 'array',
          items: { ...oneKey(definitionRefs(sinks, 'sink'), 'Where records go.'), type: ['string', 'object'] },
        },
      }),
      $defs: { ...shared, ...prefixed(sinks, 'sink') },
    },
    options: {
      ...prefixed(conditions, 'conditions'),
      ...prefixed(actions, 'actions'),
      ...prefixed(sinks, 'sinks'),
    },
  };
}

const STEP = 'An action: its name alone, or its name with options.';
const NAMED = 'Actions with a name, to be used by many rules.';
/** A named action in `then`; whether the name is known is checked with better words after the schema. */
const TIMED: JsonSchema = { ...closed(TIMING), type: ['object', 'null'] };

const RULE: JsonSchema = {
  ...closed({
    name: { $ref: '#/$defs/name', description: 'Unique over all files.' },
    summary: { type: 'string', description: 'One line for people.' },
    enabled: { type: 'boolean', description: 'false: not judged at all. Default: true.' },
    mode: {
      enum: ['active', 'shadow', 'dry-run'],
      description: 'shadow: judged and counted, nothing told. dry-run: shown, actions only said. Default: active.',
    },
    severity: { $ref: '#/$defs/severity' },
    labels: {
      type: 'object',
      propertyNames: { $ref: '#/$defs/name' },
      additionalProperties: { type: 'string' },
      description: 'Handed on with every event.',
      examples: [{ team: 'web' }],
    },
    select: { $ref: '#/$defs/selector' },
    by: {
      enum: ['name', 'process', 'tree', 'unit', 'container', 'cgroup', 'user', 'exe', 'host'],
      description: 'How processes are put together into targets. Default: name.',
    },
    when: { $ref: '#/$defs/condition' },
    for: { $ref: '#/$defs/duration', description: 'Must hold this long before it fires. Default: 0s.' },
    keep: { $ref: '#/$defs/duration', description: 'Must be clear this long before it resolves. Default: 0s.' },
    repeat: { $ref: '#/$defs/duration', description: 'Remind this often while firing. Default: never.' },
    'no-data': {
      enum: ['keep', 'clear', 'fire'],
      description: 'What an alert does while its target cannot be read. Default: keep.',
    },
    message: {
      type: 'string',
      minLength: 1,
      description: 'Text of the event; {{target}}, {{value}}, {{limit}} and other fields are filled in.',
      examples: ['{{target}} holds {{value}} of {{limit}}'],
    },
    // biome-ignore lint/suspicious/noThenProperty: the rules' own word; nobody awaits a schema
    then: { type: 'array', items: { $ref: '#/$defs/step' }, description: 'Actions.' },
    ...TELLING,
  }),
  required: ['name', 'when'],
};

function closed(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties, additionalProperties: false };
}

/** One key out of those given: a mistake in its options then gives one error, where `oneOf` gives ten. */
function oneKey(properties: Readonly<Record<string, JsonSchema>>, description: string): JsonSchema {
  return { description, ...closed(properties), minProperties: 1, maxProperties: 1 };
}

async function schemasOf(plugins: Plugins, kind: keyof PluginKinds): Promise<Record<string, JsonSchema>> {
  const found: Record<string, JsonSchema> = {};
  for (const name of plugins.names(kind)) {
    const { schema, summary, example } = await plugins.get(kind, name);
    found[name] = { description: summary, examples: [example], ...schema };
  }
  return found;
}

/** Options of an action of which some may come from `defaults`: nothing is required. */
function partial({ required, anyOf, oneOf, allOf, dependentRequired, minProperties, ...rest }: JsonSchema): JsonSchema {
  const types = [rest.type ?? 'object'].flat();
  return { ...rest, type: types.includes('null') ? types : [...types, 'null'] };
}

function withTiming(schema: JsonSchema): JsonSchema {
  return { ...partial(schema), properties: { ...(schema.properties as object), ...TIMING } };
}

function withoutAge({ properties, minLength, ...rest }: JsonSchema): JsonSchema {
  const { age, not, ...others } = properties as Record<string, unknown>;
  return {
    ...rest,
    type: 'object',
    description: 'Processes that are left out.',
    properties: others,
    examples: [{ user: 'root' }],
  };
}

function mapValues<T>(record: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function prefixed(schemas: Readonly<Record<string, JsonSchema>>, prefix: string): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [`${prefix}.${name}`, schema]));
}

function definitionRefs(schemas: Readonly<Record<string, JsonSchema>>, prefix: string): Record<string, JsonSchema> {
  return Object.fromEntries(Object.keys(schemas).map((name) => [name, { $ref: `#/$defs/${prefix}.${name}` }]));
}
