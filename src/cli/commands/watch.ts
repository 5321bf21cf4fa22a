import type { Command } from '../command.ts';
import { SOCKET_OPTION } from '../control/socket.ts';
import { findPlaces, PLACE_OPTIONS } from '../places.ts';
import { tuneForLongRun } from '../tune.ts';

export const command: Command = {
  name: 'watch',
  summary: 'the watchdog: judge the host by rules, tell and act',
  options: [
    ...PLACE_OPTIONS,
    {
      name: 'once',
      summary: 'judge one snapshot and end, as a Nagios plug-in: exit code 0 1 2 3; nothing is told or done',
    },
    { name: 'dry-run', summary: 'say what would be done, and do nothing' },
    { name: 'interval', short: 'i', value: 'TIME', summary: 'from one snapshot to the next (default 5s)' },
    { name: 'heartbeat', value: 'TIME', summary: 'how often to say that all is well; 0s is never (default 5m)' },
    {
      name: 'state',
      value: 'FOLDER',
      env: true,
      summary: 'where alerts and histories outlive a restart; none: nowhere',
    },
    { name: 'exact', summary: 'read every process at every snapshot, whatever that costs the processes' },
    { name: 'debug', summary: 'say on standard error why each process is read' },
    { name: 'lines', summary: 'one line for each event, on a terminal too' },
    { name: 'json', summary: 'one JSON object for each event and heartbeat' },
    SOCKET_OPTION,
    { name: 'proc', value: 'DIR', env: true, summary: 'read another proc file system (default /proc)' },
  ],
  about: [
    'On a terminal it shows a live view; elsewhere one line for each event and a heartbeat. Rules are loaded again when\ntheir files change and at SIGHUP; log files are opened again at SIGUSR1; SIGTERM ends it.\n\nState is kept in the folder that --state, `state:` in the configuration or $STATE_DIRECTORY names. Where nothing is\nnamed, neither rules nor configuration on the command line, it is /var/lib/psstop for root and\n~/.local/state/psstop for others; with --dry-run none is kept.\n\nWith --dry-run it has no control socket but the one that --socket or $RUNTIME_DIRECTORY names: the usual place is that\nof the daemon that acts.',
  ],
  examples: [
    ['psstop watch -r rules', 'watch this host with the rules of a folder'],
    ['psstop watch --dry-run', 'see what would be done'],
    ['psstop watch --once -r rules', 'as a check of a monitoring system'],
  ],
  async run(given, world) {
    // Before the modules of the daemon are loaded: a nursery that has grown stays so.
    tuneForLongRun();
    if (given.values.once === true) {
      const { watchOnce } = await import('../watch/once.ts');
      return watchOnce(given, world);
    }
    const places = findPlaces(given, world.env);
    const { printFirstTable } = await import('../watch/first-table.ts');
    await printFirstTable(given, world);
    const { watch } = await import('../watch/watch.ts');
    return watch(given, places, world);
  },
};
