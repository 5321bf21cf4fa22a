import { userInfo } from 'node:os';
import { formatCount } from '../../core/units.ts';
import type { Command } from '../command.ts';
import { ask } from '../control/client.ts';
import { SOCKET_OPTION } from '../control/socket.ts';
import { textOf } from '../options.ts';
import { UsageError } from '../world.ts';

export const command: Command = {
  name: 'ack',
  summary: 'take a firing alert upon yourself: no reminders and no escalation until it resolves',
  operands: 'ALERT | RULE [TARGET]',
  options: [
    SOCKET_OPTION,
    { name: 'reason', value: 'TEXT', summary: 'what you are doing about it' },
    { name: 'author', value: 'NAME', summary: 'who takes it (default: you)' },
  ],
  examples: [['psstop ack web-over-budget nginx --reason "draining it"', 'stop the reminders']],
  async run(given, world) {
    const [what, target] = given.operands;
    const reason = textOf(given, 'reason');
    if (what === undefined) throw new UsageError('acknowledge which alert? See psstop alerts');
    if (reason === undefined) throw new UsageError('say what you are doing about it: --reason=TEXT');
    const body = { what, ...(target && { target }), reason, author: textOf(given, 'author') ?? whoAsks(world.env) };
    const alerts = await ask<string[]>(given, world, { method: 'POST', path: '/acknowledgements', body });
    world.stdout.write(`acknowledged: ${formatCount(alerts.length, 'alert')}\n`);
    return 0;
  },
};

/** The person, and not the account that sudo made of him. */
export function whoAsks({ SUDO_USER: person }: NodeJS.ProcessEnv): string {
  return person || userInfo().username;
}
