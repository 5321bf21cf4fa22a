import { loadConfig } from '../../config/load.ts';
import { RulesError } from '../../core/errors.ts';
import { jsonLine } from '../../core/escape.ts';
import type { Command } from '../command.ts';
import { findPlaces, PLACE_OPTIONS } from '../places.ts';

export const command: Command = {
  name: 'check',
  summary: 'validate rules and configuration; errors stand at file:line:column',
  operands: '[RULES]…',
  options: [...PLACE_OPTIONS, { name: 'json', summary: 'write the problems as JSON' }],
  examples: [['psstop check rules.d', 'exits with 2 when something is wrong']],
  async run(given, world) {
    const rules = [given.values.rules ?? [], given.operands].flat() as string[];
    const places = findPlaces({ ...given, values: { ...given.values, rules } }, world.env);
    const json = given.values.json === true;
    try {
      const { rules: found, actions, files } = await loadConfig({ ...places, env: world.env });
      const summary = { files, rules: found.map(({ name }) => name), actions: actions.map(({ name }) => name) };
      if (json) world.stdout.write(`${jsonLine({ problems: [], ...summary })}\n`);
      else world.stdout.write(`fine: ${counted(found.length, 'rule')} in ${counted(files.length, 'file')}\n`);
      return 0;
    } catch (error) {
      if (!json || !(error instanceof RulesError)) throw error;
      world.stdout.write(`${jsonLine({ problems: error.problems })}\n`);
      return 2;
    }
  },
};

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
