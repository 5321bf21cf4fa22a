import type { JsonSchema } from '../core/types.ts';
import { DEFINITIONS, SELECTOR, TIMING } from './definitions.ts';
import { eventsSchema } from './events-schema.ts';
import { mapSchemas, partial, prefixed, references, type Schemas, schemasOf, withTiming } from './plugin-schemas.ts';
import { findPlugins, type Plugins } from './plugins.ts';
import { RULE } from './rule-schema.ts';
import { ON, SETTINGS } from './settings-schema.ts';
import { closed, oneKey } from './shapes.ts';
import { snapshotSchema } from './snapshot-schema.ts';
import { TELLING_DEFINITIONS } from './telling-schema.ts';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** The schemas of one set of plugins. */
export interface FileSchemas {
  readonly rules: JsonSchema;
  readonly config: JsonSchema;
  /** The complete options of each plugin, by `KIND.NAME`; they refer to the definitions of `config`. */
  readonly options: Schemas;
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
export async function fileSchemas(plugins: Plugins): Promise<FileSchemas> {
  const conditions = await schemasOf(plugins, 'conditions');
  const actions = await schemasOf(plugins, 'actions');
  const sinks = await schemasOf(plugins, 'sinks');
  const shared = sharedDefinitions(conditions, actions);
  return {
    rules: rulesSchema(shared),
    config: configSchema(shared, actions, sinks),
    options: {
      ...prefixed(conditions, 'conditions'),
      ...prefixed(actions, 'actions'),
      ...prefixed(sinks, 'sinks'),
    },
  };
}

/** What rules and psstop.yaml both refer to. */
function sharedDefinitions(conditions: Schemas, actions: Schemas): Schemas {
  const steps = mapSchemas(actions, withTiming);
  return {
    ...DEFINITIONS,
    ...TELLING_DEFINITIONS,
    selector: SELECTOR,
    excluded: withoutAge(SELECTOR),
    condition: {
      ...oneKey(references(conditions, 'condition'), 'What must hold: one condition.'),
      examples: [{ above: { pss: '500MiB' } }],
    },
    step: { ...oneKey(references(steps, 'action'), STEP), additionalProperties: TIMED, type: ['string', 'object'] },
    ...prefixed(conditions, 'condition'),
    ...prefixed(steps, 'action'),
  };
}

const STEP = 'An action: its name alone, or its name with options.';
/** A named action in `then`; whether the name is known is checked with better words after the schema. */
const TIMED: JsonSchema = { ...closed(TIMING), type: ['object', 'null'] };

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

const NAMED: JsonSchema = {
  type: 'object',
  description: 'Actions with a name, to be used by many rules.',
  propertyNames: { $ref: '#/$defs/name' },
  additionalProperties: { $ref: '#/$defs/step' },
};

function rulesSchema(shared: Schemas): JsonSchema {
  return {
    $schema: DIALECT,
    title: 'psstop rules',
    ...closed({ rules: { type: 'array', items: { $ref: '#/$defs/rule' } }, actions: NAMED }),
    $defs: { ...shared, rule: RULE },
  };
}

function configSchema(shared: Schemas, actions: Schemas, sinks: Schemas): JsonSchema {
  const defaults = closed(mapSchemas(actions, partial));
  const sink = oneKey(references(sinks, 'sink'), 'Where records go.');
  return {
    $schema: DIALECT,
    title: 'psstop.yaml',
    ...closed({
      ...SETTINGS,
      actions: NAMED,
      defaults: { ...defaults, description: 'Options that every use of an action has unless it says otherwise.' },
      on: ON,
      sinks: { type: 'array', items: { ...sink, type: ['string', 'object'] } },
    }),
    $defs: { ...shared, ...prefixed(sinks, 'sink') },
  };
}
