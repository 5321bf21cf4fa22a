import type { Command } from '../command.ts';
import { STATE_OPTION } from '../history/state.ts';
import { PLACE_OPTIONS } from '../places.ts';

export const command: Command = {
  name: 'replay',
  summary: 'play a recording through rules: what would have been told and done, and when',
  operands: '[FILE]',
  options: [
    ...PLACE_OPTIONS,
    { name: 'history', summary: 'play what psstop watch has stored, in place of a file' },
    {
      name: 'range',
      value: 'RANGE',
      summary: 'with --history: the last 7d, or A..B as in psstop history; all by default',
    },
    STATE_OPTION,
    {
      name: 'fail-on',
      value: 'SEVERITY',
      choices: ['info', 'warning', 'critical'],
      summary: 'exit with 1 where a rule of this severity or worse fired',
    },
    { name: 'time-scale', value: 'N', summary: 'each recorded second stands for N seconds' },
    { name: 'pending', summary: 'also what became pending and never fired' },
    { name: 'json', summary: 'one JSON object for each event' },
  ],
  about: [
    'The snapshots go the same way as those of the daemon. A recording is NDJSON, one snapshot a line, by\nschemas/snapshot.schema.json; - is standard input, what ends in .gz is unpacked.',
    'The stored history is played as it was read: a process that was not read in a snapshot has its last reading there.\nBeyond a day, readings are five minutes apart, and no rule sees what came and went in between.',
    'After each event stands which steps would have been run for it: by the groups, windows, limits and escalations\nof the rules, at the time of the recording. It can not tell what a restart would have changed.',
    'Exit codes: 0, whatever fired; with --fail-on, 1 where a rule so severe fired, and 3 where there was nothing to judge;\n2 wrong usage or wrong rules. Shadow rules do not count, those in a dry run do.',
  ],
  examples: [
    ['psstop replay night.ndjson.gz -r rules', 'would these rules have been quiet?'],
    ['psstop replay load-test.ndjson -r budgets.yaml --fail-on critical', 'a step of a pipeline'],
    ['psstop replay --history --range 7d -r new-rules', 'what these rules would have told in the last week'],
    ['psstop replay load-test.ndjson -r rules --time-scale 60', 'a minute of load stands for an hour'],
  ],
  async run(given, world) {
    const { replay } = await import('../record/replay.ts');
    return replay(given, world);
  },
};
