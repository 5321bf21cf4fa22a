import { METRIC_MEASURES, USUAL_LABELS } from '../../src/core/metric.ts';
import type { ActiveAlert, Delivery, SinkContext, Snapshot } from '../../src/core/types.ts';
import { createExporter, type Exporter, type ExporterOptions } from '../../src/sinks/prometheus/exporter.ts';
import { alertEvent, MiB, notice, snapshot } from '../sinks/made-up.ts';

/** A name that ends labels, lines and terminals where it is not escaped. */
export const HOSTILE = 'a"} 1\n\\n{x="\u001b[31m\u00e4\ud83d\ude00';

const ALERTS: readonly ActiveAlert[] = [
  {
    rule: 'web-memory',
    severity: 'critical',
    labels: { team: 'web', '0 odd': HOSTILE },
    by: 'name',
    target: HOSTILE,
    firing: true,
    ...{ alert: 'a1', since: 0 },
  },
  {
    rule: 'web-memory',
    severity: 'critical',
    labels: {},
    by: 'name',
    target: 'nginx',
    firing: false,
    alert: 'a2',
    since: 0,
  },
];

/** What a sink would be given, with all that there can be. */
export function fullContext(change: Partial<SinkContext> = {}): SinkContext {
  return {
    ...{ host: 'web-1', version: '1.2.3', live: true, notice: () => undefined, alerts: () => ALERTS },
    undecided: () => [],
    deliveries: () => ({ waiting: 2, oldest: 5000, down: ['chat'], done: 3, failed: 1, suppressed: {} }),
    ...change,
  };
}

/** Processes of every kind: in one group and alone, read now, before and never, with a strange name, with a build. */
export function fullSnapshot(seconds = 0): Snapshot {
  const made = snapshot(
    [
      { name: 'nginx', unit: 'nginx.service', pss: 300 * MiB, swap: 7 * MiB },
      { name: 'nginx', unit: 'nginx.service', pss: 100 * MiB },
      { name: 'nginx', rss: 50 * MiB, pss: 20 * MiB, ago: 30 },
      { name: 'sshd', rss: 10 * MiB, unread: 'denied' },
      { name: 'idle', rss: 5 * MiB, unread: false },
      { name: HOSTILE, pss: 1 * MiB },
    ],
    seconds,
  );
  const [first, ...rest] = made.processes;
  if (first === undefined) throw new Error('there is one');
  const built = { ...first, process: { ...first.process, build: 'b1', container: 'c0ffee' }, ceiling: 512 * MiB };
  const pressure = { some10: 1.5, some60: 1, full10: 0.5, full60: 0 };
  return { ...made, memory: { ...made.memory, pressure }, processes: [built, ...rest] };
}

/** An exporter that has seen a snapshot, and something of everything else. */
export function fullExporter(options: Partial<ExporterOptions> = {}, context: SinkContext = fullContext()): Exporter {
  const exporter = createExporter(
    { labels: USUAL_LABELS, measures: METRIC_MEASURES, series: 5000, ...options },
    context,
  );
  exporter.snapshot(fullSnapshot());
  exporter.event(alertEvent());
  exporter.event(notice());
  exporter.delivery({ action: 'chat', outcome: 'done' } as Delivery);
  return exporter;
}
