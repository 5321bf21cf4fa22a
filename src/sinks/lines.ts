import type { Sink, SinkContext, SinkPlugin } from '../core/types.ts';
import { parseDuration } from '../core/units.ts';
import type { LineStyle } from './text/event-lines.ts';
import { linesSink } from './text/lines-sink.ts';
import { isJournal, lastingOutput } from './text/standard-output.ts';

interface Options {
  readonly heartbeat?: string;
  readonly priority?: boolean | 'auto';
  readonly format?: 'text' | 'ndjson';
  readonly pending?: boolean;
}

const plugin: SinkPlugin = {
  summary: 'Writes one line per event to standard output, and a sign of life now and then',
  example: { heartbeat: '5m', priority: 'auto', format: 'text' },
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      heartbeat: {
        $ref: '#/$defs/duration',
        description: 'How often a sign of life is written; 0s is never. Default: 5m.',
      },
      priority: {
        enum: [true, false, 'auto'],
        description: 'Puts <N> in front of lines for journald. Default: auto, when journald reads.',
      },
      format: { enum: ['text', 'ndjson'], description: 'text (default), or one JSON object a line.' },
      pending: { type: 'boolean', description: 'Writes what is pending too. Default: false.' },
    },
  },
  create: lines,
};
export default plugin;

function lines(options: Options, context: SinkContext): Sink {
  const { heartbeat = '5m', priority = 'auto', format = 'text', pending = false } = options;
  if (!context.live) return {};
  const { stdout } = process;
  const style: LineStyle = {
    priority: priority === 'auto' ? isJournal(stdout.fd, process.env.JOURNAL_STREAM) : priority,
    format,
  };
  return linesSink(lastingOutput(stdout, style), {
    ...style,
    heartbeat: parseDuration(heartbeat),
    pending,
    ...(context.alerts && { alerts: context.alerts }),
    ...(context.undecided && { undecided: context.undecided }),
    ...(context.deliveries && { deliveries: context.deliveries }),
  });
}
