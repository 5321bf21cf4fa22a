import type { Command } from '../command.ts';

export const command: Command = {
  name: 'compare',
  summary: 'compare what two builds, units, periods or recordings hold, at the same age',
  operands: 'A B',
  options: [
    { name: 'fail-over', value: 'MORE', summary: 'exit with 1 where B surely holds more than so much more: 5%, 20MiB' },
    { name: 'name', short: 'p', value: 'NAME', summary: 'only processes of this name; a glob may be used: "*part*"' },
    { name: 'at', value: 'AGE', summary: 'compare at this age; else at the greatest that nearly all runs reached' },
    {
      name: 'align',
      value: 'FROM',
      choices: ['start', 'record'],
      summary: 'ages count from the start of the process, or from where the record begins',
    },
    {
      name: 'measure',
      value: 'MEASURE',
      choices: ['memory', 'pss', 'uss', 'anon', 'swap', 'rss'],
      summary: 'what is compared (default memory: PSS and SwapPss)',
    },
    { name: 'least', value: 'SIZE', summary: 'what holds less in both is not judged (default 1MiB)' },
    { name: 'strict', summary: 'exit with 3 where a name can not be told' },
    { name: 'state', value: 'DIR', env: true, summary: 'the state folder whose history is asked' },
    { name: 'json', summary: 'one JSON object, with the courses' },
  ],
  about: [
    'A and B are each a recording (psstop record), a folder of recordings, or a part of the stored history: unit:NAME,\nbuild:HASH, exe:PATH (globs may be used), or a period: 2026-11-01..2026-11-02, -2d..-1d, -1d.. (to now). Runs of one\nname are compared, a run being the time from a start until all processes of that name are gone; what they hold\ntogether counts. At an age that nearly all runs reached, what a run holds is the median of the last quarter of its\ntime. The runs of A are compared with those of B by a predictive t on the logarithms, with a spread of 5 % assumed\nbefore any is seen. The interval is one of 95 %, wider where many names are compared at once. One run of each shows\nonly great differences; two show 20 % more in three cases of five, three in five of six.',
    'Exit codes: 0 no regression is seen; 1 with --fail-over: a name surely holds over so much more; 2 wrong usage; 3\nnothing could be compared (no common name, no common age), or with --strict a name could not be told.',
  ],
  examples: [
    ['psstop compare main.ndjson.gz branch.ndjson.gz --fail-over 5%', 'a step of a pipeline'],
    ['psstop compare main/ branch/ -p server --fail-over 20MiB', 'several runs of each'],
    ['psstop compare -2d..-1d -1d.. -p postgres', 'today and yesterday'],
  ],
  async run(given, world) {
    const { compare } = await import('../compare/compare.ts');
    return compare(given, world);
  },
};
