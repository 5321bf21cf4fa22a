import type { JsonSchema } from '../core/types.ts';
import { TIMING } from './definitions.ts';
import type { PluginKinds, Plugins } from './plugins.ts';

/** Schemas by name. */
export type Schemas = Readonly<Record<string, JsonSchema>>;

/** The options of every plugin of a kind, by its name. */
export async function schemasOf(plugins: Plugins, kind: keyof PluginKinds): Promise<Schemas> {
  const found: Record<string, JsonSchema> = {};
  for (const name of plugins.names(kind)) {
    const { schema, summary, example } = await plugins.get(kind, name);
    found[name] = { description: summary, examples: [example], ...schema };
  }
  return found;
}

/** Options of an action of which some may come from `defaults`: nothing is required. */
export function partial(schema: JsonSchema): JsonSchema {
  const { required, anyOf, oneOf, allOf, dependentRequired, minProperties, ...rest } = schema;
  const types = [rest.type ?? 'object'].flat();
  return { ...rest, type: types.includes('null') ? types : [...types, 'null'] };
}

/** The same in `then`, where it is also said when the action is run. */
export function withTiming(schema: JsonSchema): JsonSchema {
  return { ...partial(schema), properties: { ...(schema.properties as object), ...TIMING } };
}

/** The same schemas, changed. */
export function mapSchemas(schemas: Schemas, change: (schema: JsonSchema, name: string) => JsonSchema): Schemas {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, change(schema, name)]));
}

/** The same schemas by `PREFIX.NAME`. */
export function prefixed(schemas: Schemas, prefix: string): Schemas {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [`${prefix}.${name}`, schema]));
}

/** A reference for each of them, as the definition `PREFIX.NAME`. */
export function references(schemas: Schemas, prefix: string): Schemas {
  return mapSchemas(schemas, (_, name) => ({ $ref: `#/$defs/${prefix}.${name}` }));
}
