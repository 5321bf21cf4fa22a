import type { Command } from '../command.ts';

export const command: Command = {
  name: 'record',
  summary: 'write exact snapshots to a file, to be replayed through rules later',
  operands: '[FILE]',
  options: [
    {
      name: 'output',
      short: 'o',
      value: 'FILE',
      summary: 'where to, or FILE; what ends in .gz is packed; - is standard output',
    },
    { name: 'interval', short: 'i', value: 'TIME', summary: 'from one snapshot to the next (default 5s)' },
    { name: 'for', value: 'TIME', summary: 'end after so long; until it is ended where nothing is said' },
    { name: 'name', short: 'p', value: 'NAME', summary: 'only processes of this name; a glob may be used: "*part*"' },
    { name: 'proc', value: 'DIR', env: true, summary: 'read another proc file system (default /proc)' },
  ],
  about: [
    'One snapshot a line, as JSON by schemas/snapshot.schema.json (psstop schema snapshot). Every process that is recorded is\nread exactly at each snapshot, whatever that costs it.',
  ],
  examples: [
    ['psstop record -o night.ndjson.gz -i 15s --for 12h', 'a night'],
    ['psstop record -o - -p nginx | wc -c', 'how much that is'],
  ],
  async run(given, world) {
    const { record } = await import('../record/record.ts');
    return record(given, world);
  },
};
