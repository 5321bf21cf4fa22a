import type { Command } from '../command.ts';
import { isPlain, type ListRequest, readRequest } from '../list/request.ts';
import type { Given } from '../options.ts';
import type { World } from '../world.ts';

export const command: Command = {
  name: 'list',
  summary: 'list every process by PSS with totals, as psstop and smartpsstop did',
  options: [
    { name: 'name', short: 'p', value: 'NAME', summary: 'only processes of this name; a glob may be used: "*part*"' },
    { name: 'cmdline', short: 'c', summary: 'take the names from the command lines' },
    {
      name: 'file',
      short: 'f',
      value: 'FILE',
      summary: 'also write name, pid and PSS in kB to a CSV file; - is standard output, in place of the table',
    },
    { name: 'monitor', short: 'm', summary: 'print a list at each interval, until it is ended' },
    { name: 'server', short: 's', value: 'HOST:PORT', summary: 'with --monitor: also send each list over TCP' },
    { name: 'interval', short: 'i', value: 'TIME', summary: 'with --monitor: from one list to the next (default 5s)' },
    {
      name: 'by',
      value: 'WHAT',
      choices: ['process', 'name', 'unit', 'container', 'user'],
      summary: 'one row for each process (default), name, unit, container or user',
    },
    {
      name: 'sort',
      value: 'KEY',
      choices: ['pss', 'swap', 'rss', 'count', 'name', 'pid'],
      summary: 'sort by pss (default), swap, rss, count (of groups), name or pid',
    },
    { name: 'top', value: 'N', summary: 'only the first N rows; the totals count all' },
    { name: 'json', summary: 'write JSON; with --monitor one object a line' },
    { name: 'proc', value: 'DIR', env: true, summary: 'read another proc file system (default /proc)' },
  ],
  about: [
    'PSS is what a process holds: its private memory, plus each shared page divided by the number of its sharers, so\nthat it can be added up. kB are 1024 bytes. What was not read is shown as "≤" what it can be at most.',
  ],
  examples: [
    ['psstop', 'all processes'],
    ['psstop -p nginx', 'nginx alone; exits with 1 when there is none'],
    ['psstop --by unit --top 10', 'the ten biggest services'],
    ['psstop -m -p systemd', 'systemd, again and again'],
  ],
  run,
};

async function run(given: Given, world: World): Promise<number> {
  const request = readRequest(given);
  if (request.monitor) {
    const { monitor } = await import('../list/monitor.ts');
    return monitor(request, world);
  }
  if (isPlain(request) && (await quickly(request, world))) return 0;
  return carefully(request, world);
}

/** The modules of each way are loaded by those who go it: loading them costs more than reading a hundred processes. */
async function quickly(request: ListRequest, world: World): Promise<boolean> {
  const { showQuickly } = await import('../list/quick.ts');
  return showQuickly(request, world);
}

async function carefully(request: ListRequest, world: World): Promise<number> {
  const { showCarefully } = await import('../list/careful.ts');
  return showCarefully(request, world);
}
