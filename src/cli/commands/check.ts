import type { LoadedData } from '../../config/data.ts';
import { loadConfig } from '../../config/load.ts';
import { formatProblem, RulesError } from '../../core/errors.ts';
import { escapeControls, jsonLine } from '../../core/escape.ts';
import { formatCount } from '../../core/units.ts';
import type { Command } from '../command.ts';
import { findPlaces, PLACE_OPTIONS } from '../places.ts';
import type { World } from '../world.ts';

export const command: Command = {
  name: 'check',
  summary: 'validate rules and configuration; errors and warnings stand at file:line:column',
  operands: '[RULES]…',
  options: [
    ...PLACE_OPTIONS,
    {
      name: 'without-secrets',
      summary: "only warn of variables that actions and sinks lack, and read no secret's file",
    },
    { name: 'json', summary: 'write the problems as JSON' },
  ],
  examples: [
    ['psstop check rules.d', 'exits with 2 when something is wrong'],
    ['psstop check -c psstop.yaml --without-secrets', 'a step of a pipeline'],
  ],
  async run(given, world) {
    const rules = [given.values.rules ?? [], given.operands].flat() as string[];
    const places = findPlaces({ ...given, values: { ...given.values, rules } }, world.env);
    const json = given.values.json === true;
    try {
      const data = await loadConfig({ ...places, env: world.env, unsent: given.values['without-secrets'] === true });
      if (json) world.stdout.write(`${jsonLine(summary(data))}\n`);
      else tell(data, world);
      return 0;
    } catch (error) {
      if (!json || !(error instanceof RulesError)) throw error;
      world.stdout.write(`${jsonLine({ problems: error.problems })}\n`);
      return 2;
    }
  },
};

function summary({ warnings, files, rules, actions }: LoadedData): object {
  const names = { rules: rules.map(({ name }) => name), actions: actions.map(({ name }) => name) };
  return { problems: [], warnings, files, ...names };
}

function tell({ warnings, files, rules, watch }: LoadedData, { stdout, stderr }: World): void {
  for (const warning of warnings) {
    stderr.write(`${formatProblem({ ...warning, message: `warning: ${warning.message}` })}\n`);
  }
  const more = warnings.length === 0 ? '' : `, ${formatCount(warnings.length, 'warning')}`;
  const counts = `${formatCount(rules.length, 'rule')} in ${formatCount(files.length, 'file')}`;
  stdout.write(`fine: ${counts}${more} (${escapeControls(watch.join(', '))})\n`);
}
