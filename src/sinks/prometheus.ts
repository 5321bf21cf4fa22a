import { isAbsolute } from 'node:path';
import { readOption } from '../core/errors.ts';
import {
  GROUP_LABELS,
  type GroupLabel,
  METRIC_MEASURES,
  type MetricMeasure,
  USUAL_LABELS,
  USUAL_MEASURES,
} from '../core/metric.ts';
import type { Sink, SinkContext, SinkPlugin } from '../core/types.ts';
import { parseAddress } from './network/wire.ts';
import { createExporter } from './prometheus/exporter.ts';

interface Options {
  readonly listen?: string;
  readonly labels?: readonly GroupLabel[];
  readonly measures?: readonly MetricMeasure[];
  readonly series?: number;
}

/** Neither in the range of Prometheus' exporters (9100 to 9999, which is full), nor one of IANA's services, nor ephemeral. */
const USUAL_ADDRESS = '127.0.0.1:10777';

const plugin: SinkPlugin = {
  summary: 'Answers Prometheus: GET /metrics, as text or OpenMetrics, from the last snapshot',
  example: { listen: '127.0.0.1:10777', labels: ['name', 'unit', 'container'], series: 5000 },
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      listen: {
        type: 'string',
        minLength: 2,
        description: `HOST:PORT, or the absolute path of a UNIX socket. Anybody who reaches it may read. Default: ${USUAL_ADDRESS}.`,
      },
      labels: {
        type: 'array',
        items: { enum: GROUP_LABELS },
        uniqueItems: true,
        description: `What tells one group of processes from another. Default: ${USUAL_LABELS.join(', ')}.`,
      },
      measures: {
        type: 'array',
        items: { enum: METRIC_MEASURES },
        uniqueItems: true,
        description: `Which measures of groups there are. Default: ${USUAL_MEASURES.join(', ')}.`,
      },
      series: {
        type: 'integer',
        minimum: 300,
        maximum: 100_000,
        description: 'The most series; what is beyond is summed up in name="other". Default: 5000.',
      },
    },
  },
  create: prometheus,
};
export default plugin;

async function prometheus(options: Options, context: SinkContext): Promise<Sink> {
  const { listen = USUAL_ADDRESS, labels = USUAL_LABELS, measures = USUAL_MEASURES, series = 5000 } = options;
  const where = isAbsolute(listen) ? { path: listen } : readOption(['listen'], () => parseAddress(listen));
  if (!context.live) return {};
  const exporter = createExporter({ labels, measures, series }, context);
  const { listen: open } = await import('./prometheus/listener.ts');
  const listener = await open({
    where,
    page: exporter.page,
    trouble: (message, severity) =>
      context.notice({ kind: 'sink-failed', severity, message: `prometheus: ${message}` }),
  });
  return {
    snapshot: exporter.snapshot,
    event: exporter.event,
    delivery: exporter.delivery,
    close: () => listener.close(),
  };
}
