import { OptionError } from '../core/errors.ts';
import type { Sink, SinkContext, SinkPlugin, Snapshot } from '../core/types.ts';
import { parseDuration } from '../core/units.ts';
import { CSV_HEADER, csvRows } from './file/csv-rows.ts';
import { LossyFile } from './file/lossy-file.ts';
import { dueEach } from './pace/due.ts';

interface CsvOptions {
  readonly file: string;
  readonly every?: string;
  readonly top?: number;
}

const plugin: SinkPlugin = {
  summary:
    'Appends one row per process to a CSV file: the last reading and, where it is not of this moment, its age; `reading: { exact: always }` makes all exact',
  example: { file: '/var/log/psstop/processes.csv', every: '1m', top: 50 },
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['file'],
    properties: {
      file: { type: 'string', minLength: 1, description: 'File to append to, mode 0640. Links are not followed.' },
      every: { $ref: '#/$defs/duration', description: 'How often. Default: 1m.' },
      top: { type: 'integer', minimum: 1, description: 'Only so many of the biggest. Default: all.' },
    },
  },
  create: csvSink,
};
export default plugin;

function csvSink({ file, every, top }: CsvOptions, context: SinkContext): Sink {
  const interval = parseDuration(every ?? '1m');
  if (interval <= 0) throw new OptionError(['every'], 'must be above 0: write 1m, or leave it out');
  const out = new LossyFile({
    path: file,
    header: CSV_HEADER,
    trouble: (message, severity) => context.notice({ kind: 'sink-failed', severity, message: `csv: ${message}` }),
  });
  const due = dueEach(interval);
  return {
    snapshot(snapshot: Snapshot): void {
      if (context.live && due(snapshot.uptime)) out.write(csvRows(snapshot, top));
    },
    reopen: () => out.reopen(),
    close: () => out.close(),
  };
}
