import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeSchemas } from '../../config/schema.ts';
import { suggest } from '../../core/nearest.ts';
import type { Command } from '../command.ts';
import { textOf } from '../options.ts';
import { UsageError } from '../world.ts';

export const command: Command = {
  name: 'schema',
  summary: 'print the JSON Schemas of rules, configuration, events and snapshots',
  operands: '[NAME]',
  options: [{ name: 'write', value: 'DIR', summary: 'write all of them into a folder' }],
  examples: [['psstop schema rules > rules.schema.json', 'for an editor that completes YAML']],
  async run(given, world) {
    const schemas = await composeSchemas();
    const folder = textOf(given, 'write');
    if (folder !== undefined) {
      mkdirSync(folder, { recursive: true });
      for (const [name, schema] of Object.entries(schemas)) writeFileSync(join(folder, name), print(schema));
      return 0;
    }
    const names = Object.keys(schemas).map((file) => file.replace('.schema.json', ''));
    const [name] = given.operands;
    if (name === undefined) world.stdout.write(`${names.join('\n')}\n`);
    else if (!names.includes(name)) throw new UsageError(`no schema "${name}": ${suggest(name, names, 'schemas')}`);
    else world.stdout.write(print(schemas[`${name}.schema.json`]));
    return 0;
  },
};

function print(schema: unknown): string {
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
