import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { OptionError } from '../core/errors.ts';
import type { JsonSchema } from '../core/types.ts';
import { explain, type Finding } from './explain.ts';
import type { PluginKinds, Plugins } from './plugins.ts';
import { fileSchemas } from './schema.ts';

/** Validates data against the schemas of one set of plugins. */
export interface Validator {
  rules(data: unknown): Finding[];
  config(data: unknown): Finding[];
  /** The complete options of one plugin. */
  options(kind: keyof PluginKinds, name: string, data: unknown): Promise<OptionError[]>;
}

/** A file may be wrong in every line; nobody reads more than this. */
const MOST_FINDINGS = 200;

/** Compiles the schemas, in ajv's strict mode: a mistake in a plugin's schema is found here. */
export async function createValidator(plugins: Plugins): Promise<Validator> {
  const { rules, config } = await fileSchemas(plugins);
  const compile = (schema: JsonSchema): ValidateFunction => strictAjv().compile(schema);
  const optionChecks = new Map<string, ValidateFunction>();
  const find = (check: ValidateFunction, data: unknown): Finding[] =>
    check(data) ? [] : explain((check.errors ?? []).slice(0, MOST_FINDINGS), data);
  const [checkRules, checkConfig] = [compile(rules), compile(config)];
  return {
    rules: (data) => find(checkRules, data),
    config: (data) => find(checkConfig, data),
    async options(kind, name, data) {
      const { schema } = await plugins.get(kind, name);
      const check = optionChecks.get(`${kind}/${name}`) ?? compile({ ...schema, $defs: config.$defs });
      optionChecks.set(`${kind}/${name}`, check);
      return find(check, data).map(({ path, message }) => new OptionError(path, message));
    },
  };
}

/** The validator as it is set up everywhere: nothing unknown in a schema is let pass, all errors are found, data is left alone. */
export function strictAjv(): Ajv2020 {
  return new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true, verbose: true });
}
