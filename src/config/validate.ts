import { Ajv2020, type Options } from 'ajv/dist/2020.js';
import { messageOf } from '../core/errors.ts';
import type { JsonSchema } from '../core/types.ts';
import { explain, type Finding } from './explain.ts';
import { PLUGIN_KINDS, type PluginKinds, type Plugins } from './plugins.ts';
import { fileSchemas } from './schema.ts';

/** Validates data against the schemas of one set of plugins. */
export interface Validator {
  rules(data: unknown): Finding[];
  config(data: unknown): Finding[];
  /** The complete options of one plugin. */
  options(kind: keyof PluginKinds, name: string, data: unknown): Finding[];
}

/** Name of the schema that holds all others, so that what they share is compiled once. */
const ROOT = 'psstop';

/** Prepares the schemas, in ajv's strict mode; each is compiled when it is first asked for. */
export async function createValidator(plugins: Plugins): Promise<Validator> {
  const { rules, config, options } = await fileSchemas(plugins);
  const rulesFile = withoutDefinitions(rules);
  const configFile = withoutDefinitions(config);
  const ajv = strictAjv({ validateSchema: false, meta: false, inlineRefs: false });
  ajv.addSchema(
    { $defs: { ...(rules.$defs as object), ...(config.$defs as object), rulesFile, configFile, ...options } },
    ROOT,
  );
  const find = (name: string, data: unknown): Finding[] => {
    const check = ajv.getSchema(`${ROOT}#/$defs/${name}`);
    if (check === undefined) throw new Error(`there is no schema ${name}`);
    return check(data) ? [] : explain(check.errors ?? [], data);
  };
  return {
    rules: (data) => find('rulesFile', data),
    config: (data) => find('configFile', data),
    options: (kind, name, data) => find(`${kind}.${name}`, data),
  };
}

/** Compiles the schema of every plugin. @throws Error naming the one that is wrong. */
export function checkSchemas(plugins: Plugins, validator: Validator): void {
  for (const kind of PLUGIN_KINDS) {
    // The user's own come last and are looked at first: those of ours that hold other actions hold theirs too.
    for (const name of plugins.names(kind).toReversed()) {
      try {
        validator.options(kind, name, {});
      } catch (error) {
        throw new Error(`the schema of ${kind}/${name} is wrong: ${messageOf(error)}`);
      }
    }
  }
}

function withoutDefinitions({ $schema, $defs, ...rest }: JsonSchema): JsonSchema {
  return rest;
}

/**
 * The validator as it is set up everywhere: nothing unknown in a schema is let pass, all errors are found, data is left
 * alone. Checking the schemas themselves takes as long as all the rest: the tests do it, the loader need not.
 */
export function strictAjv(options: Options = {}): Ajv2020 {
  const strict: Options = { strict: true, strictRequired: false, allowUnionTypes: true };
  return new Ajv2020({ ...strict, allErrors: true, verbose: true, ...options });
}
