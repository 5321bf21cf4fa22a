import { OptionError } from '../core/errors.ts';
import type { Sink, SinkContext, SinkPlugin } from '../core/types.ts';
import { parseDuration } from '../core/units.ts';
import { LossyFile } from './file/lossy-file.ts';
import { recordLine, snapshotLines } from './network/wire.ts';
import { dueEach } from './pace/due.ts';

/** What may be written. */
const KINDS = ['snapshots', 'events', 'deliveries'] as const;

interface NdjsonOptions {
  readonly file: string;
  readonly every?: string;
  readonly write?: readonly (typeof KINDS)[number][];
}

const plugin: SinkPlugin = {
  summary: 'Appends one JSON object a line to a file: a snapshot and its processes as the sink tcp, events, deliveries',
  example: { file: '/var/log/psstop/psstop.ndjson', every: '1m', write: ['snapshots', 'events'] },
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['file'],
    properties: {
      file: { type: 'string', minLength: 1, description: 'File to append to, mode 0640. Links are not followed.' },
      every: { $ref: '#/$defs/duration', description: 'How often a snapshot is written. Default: 1m.' },
      write: {
        type: 'array',
        minItems: 1,
        uniqueItems: true,
        items: { enum: KINDS },
        description: 'What is written. Default: all of it.',
      },
    },
  },
  create: ndjsonSink,
};
export default plugin;

function ndjsonSink({ file, every = '1m', write = KINDS }: NdjsonOptions, context: SinkContext): Sink {
  const interval = parseDuration(every);
  if (interval <= 0) throw new OptionError(['every'], 'must be above 0: write 1m, or leave it out');
  if (!context.live) return {};
  const out = new LossyFile({
    path: file,
    header: '',
    trouble: (message, severity) => context.notice({ kind: 'sink-failed', severity, message: `ndjson: ${message}` }),
  });
  const due = dueEach(interval);
  return {
    ...(write.includes('snapshots') && {
      snapshot(snapshot) {
        if (due(snapshot.uptime)) out.write(snapshotLines(snapshot, 'ndjson'));
      },
    }),
    ...(write.includes('events') && { event: (event) => out.write(recordLine(event, 'ndjson')) }),
    ...(write.includes('deliveries') && { delivery: (delivery) => out.write(recordLine(delivery, 'ndjson')) }),
    reopen: () => out.reopen(),
    close: () => out.close(),
  };
}
