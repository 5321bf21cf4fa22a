import { escapeControls, jsonLine } from '../../core/escape.ts';
import { formatTable } from '../../core/table.ts';
import { formatAge, formatValue } from '../../core/units.ts';
import type { Command } from '../command.ts';
import type { AlertView } from '../control/alerts.ts';
import { ask } from '../control/client.ts';
import { SOCKET_OPTION } from '../control/socket.ts';

export const command: Command = {
  name: 'alerts',
  summary: 'show what is pending or firing in the running daemon, what keeps it from being told, and what was captured',
  options: [SOCKET_OPTION, { name: 'json', summary: 'write one JSON object for each alert' }],
  examples: [['psstop alerts', 'what fires now?']],
  async run(given, world) {
    const alerts = await ask<AlertView[]>(given, world, { path: '/alerts' });
    if (given.values.json === true) world.stdout.write(alerts.map((alert) => `${jsonLine(alert)}\n`).join(''));
    else world.stdout.write(print(alerts, Date.now()));
    return 0;
  },
};

function print(alerts: readonly AlertView[], now: number): string {
  if (alerts.length === 0) return 'no alerts\n';
  const column = (title: string, cell: (alert: AlertView) => string, more: object = {}) => ({
    ...{ title, cells: alerts.map((alert) => escapeControls(cell(alert))) },
    ...more,
  });
  const columns = [
    column('Alert', ({ alert }) => alert),
    column('State', ({ phase }) => phase),
    column('Severity', ({ severity }) => severity),
    column('Rule', ({ rule }) => rule),
    column('Target', ({ target }) => target, { flexible: true }),
    column('Value', figure, { align: 'right' as const }),
    column('For', ({ since }) => formatAge(Math.max(0, now - since)), { align: 'right' as const }),
    column('Note', noteOf, { flexible: true }),
  ];
  return `${formatTable({ columns }).join('\n')}\n`;
}

function figure({ value, unit }: AlertView): string {
  return value === undefined || unit === undefined ? '' : formatValue(value, unit);
}

function noteOf({ held, acknowledged, left, evidence }: AlertView): string {
  const taken = acknowledged && `acknowledged by ${acknowledged.author}: ${acknowledged.reason}`;
  const alone = left && `left to a person: ${left}`;
  const kept = evidence.length > 0 && `evidence: ${evidence.join(', ')}`;
  return [held, taken, alone, kept].filter(Boolean).join('; ');
}
