import { readOption } from '../core/errors.ts';
import type { Sink, SinkContext, SinkPlugin } from '../core/types.ts';
import { parseSize } from '../core/units.ts';
import { LineClient } from './network/line-client.ts';
import { parseAddress, recordLine, snapshotLines, type WireFormat } from './network/wire.ts';

interface TcpOptions {
  readonly to: string;
  readonly format?: WireFormat;
  readonly buffer?: string;
}

const plugin: SinkPlugin = {
  summary:
    'Sends snapshots and events over TCP as lines of JSON, each figure with its age; `reading: { exact: always }` makes all exact',
  example: { to: '127.0.0.1:8081', format: 'ndjson', buffer: '2MiB' },
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['to'],
    properties: {
      to: { type: 'string', minLength: 3, description: 'HOST:PORT, an IPv6 address in brackets: [::1]:8081.' },
      format: {
        enum: ['ndjson', 'tsv'],
        description:
          'ndjson (default): one JSON object a line. tsv: the lines that smartpsstop sent; they have no room for the age of a reading.',
      },
      buffer: { $ref: '#/$defs/size', description: 'What may wait for the server. Default: 2MiB.' },
    },
  },
  create: tcpSink,
};
export default plugin;

function tcpSink({ to, format = 'ndjson', buffer = '2MiB' }: TcpOptions, context: SinkContext): Sink {
  const client = new LineClient({
    ...readOption(['to'], () => parseAddress(to)),
    buffer: parseSize(buffer),
    trouble: (message, severity) => context.notice({ kind: 'sink-failed', severity, message: `tcp: ${message}` }),
  });
  const send = (lines: string): void => {
    if (context.live && lines !== '') client.send(lines);
  };
  return {
    snapshot: (snapshot) => send(snapshotLines(snapshot, format)),
    event: (event) => send(recordLine(event, format)),
    delivery: (delivery) => send(recordLine(delivery, format)),
    close: () => client.close(),
  };
}
