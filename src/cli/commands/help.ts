import type { Command } from '../command.ts';
import { helpOf, overview } from '../help.ts';
import { UsageError } from '../world.ts';

export const command: Command = {
  name: 'help',
  summary: 'show help, of one command or of all',
  operands: '[COMMAND]',
  options: [],
  async run({ operands: [name] }, world, all) {
    if (name === undefined) {
      world.stdout.write(overview(await all()));
      return 0;
    }
    const found = (await all()).find((one) => one.name === name);
    if (found === undefined) {
      const { suggest } = await import('../../core/nearest.ts');
      const names = (await all()).map((one) => one.name);
      throw new UsageError(`no command "${name}": ${suggest(name, names, 'commands')}`);
    }
    world.stdout.write(helpOf(found));
    return 0;
  },
};
