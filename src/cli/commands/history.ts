import type { Command } from '../command.ts';
import { HISTORY_BY } from '../history/request.ts';
import { STATE_OPTION } from '../history/state.ts';

export const command: Command = {
  name: 'history',
  summary: 'show what was held, and what happened, as psstop watch has stored it',
  options: [
    { name: 'name', short: 'p', value: 'NAME', summary: 'only processes of this name; a glob may be used: "*part*"' },
    { name: 'unit', value: 'UNIT', summary: 'only this systemd unit; a glob may be used' },
    { name: 'container', value: 'ID', summary: 'only this container; a glob may be used: "3f2a*"' },
    { name: 'pid', value: 'PID', summary: 'only processes that had this pid' },
    {
      name: 'by',
      value: 'WHAT',
      choices: HISTORY_BY,
      summary: 'one row for each name (default), unit, container or process, or for the host',
    },
    {
      name: 'range',
      value: 'RANGE',
      summary: 'the last 7d, or from 2026-11-01 to 2026-11-02T08:00: A..B (default 1d)',
    },
    { name: 'since', value: 'TIME', summary: 'from then on: 2026-11-01T08:00, or so long ago: 2h' },
    { name: 'until', value: 'TIME', summary: 'until then' },
    { name: 'top', value: 'N', summary: 'only the N that held most' },
    { name: 'events', summary: 'what happened: alerts, deliveries, notices' },
    { name: 'json', summary: 'one JSON object for each row, with all points' },
    { name: 'csv', summary: 'one line for each point' },
    { name: 'config', short: 'c', value: 'FILE', env: true, summary: 'configuration that names the state folder' },
    STATE_OPTION,
  ],
  about: [
    'psstop watch keeps every exact reading for a day, then the least, middle and greatest of each five minutes, and after a\nmonth of each hour; `history: { keep: 30d, size: 200MiB }` in psstop.yaml says how much, `history: off` keeps none.\nThe sum over a name, unit or container is that of the last readings of its processes, once a minute. Command lines are\nnot kept.',
  ],
  examples: [
    ['psstop history', 'every name over the last day'],
    ['psstop history -p nginx --by process --range 7d', 'each life of nginx in a week'],
    ['psstop history --unit web.service --csv --since 2h', 'two hours of a service, to be plotted'],
    ['psstop history --events --range 2d', 'what was told'],
  ],
  async run(given, world) {
    const { history } = await import('../history/history.ts');
    return history(given, world);
  },
};
