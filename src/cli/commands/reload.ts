import { formatCount } from '../../core/units.ts';
import type { Command } from '../command.ts';
import { ask } from '../control/client.ts';
import { SOCKET_OPTION } from '../control/socket.ts';

export const command: Command = {
  name: 'reload',
  summary: 'let the running daemon load its rules again, and say what is wrong with them',
  options: [SOCKET_OPTION],
  about: [
    'A set of rules is taken over whole or not at all. Exit code 2: it was rejected, and the one before stays in force.',
  ],
  async run(given, world) {
    const { rules } = await ask<{ rules: number }>(given, world, { method: 'POST', path: '/reload' });
    world.stdout.write(`${formatCount(rules, 'rule')} in force\n`);
    return 0;
  },
};
