import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';
import type { Event, Sink, SinkContext, SinkPlugin, Snapshot } from '../core/types.ts';
import { judgeFailure } from '../http/judge.ts';
import { post } from '../http/post.ts';
import { type Outcome, outcomeOf } from './influxdb/answer.ts';
import { Batcher } from './influxdb/batcher.ts';
import { INFLUX_SCHEMA, type InfluxOptions, type InfluxSettings, readInflux } from './influxdb/options.ts';
import { groupLines, hostLine, processLines, selfLine } from './influxdb/points.ts';
import { alertLine, deliveryLine, noticeLine } from './influxdb/records.ts';
import { seriesBook } from './influxdb/series.ts';
import { Shipper } from './influxdb/shipper.ts';
import { dueEach } from './pace/due.ts';
import { diskSpool } from './spool/disk-spool.ts';
import { memorySpool } from './spool/memory-spool.ts';
import type { Spool } from './spool/spool.ts';

const plugin: SinkPlugin = {
  summary: 'Writes figures, alerts and deliveries to InfluxDB 1, 2 or 3; what it does not take now is kept on the disk',
  example: {
    url: 'http://localhost:8086',
    bucket: 'psstop',
    org: 'ops',
    token: { file: '/etc/psstop/influxdb-token' },
    every: '10s',
  },
  schema: INFLUX_SCHEMA,
  create(options: InfluxOptions, context: SinkContext) {
    const settings = readInflux(options, context);
    return context.live ? influxSink(options, settings, context) : {};
  },
};
export default plugin;

const MEMORY = 4 * 2 ** 20;
const PACE = { first: 1_000, longest: 300_000 };
/** While the database is away batches are longer, so that there are fewer files. */
const PATIENCE = 6;

type Trouble = (message: string, severity: 'warning' | 'info') => void;

function influxSink(options: InfluxOptions, settings: InfluxSettings, context: SinkContext): Sink {
  const trouble: Trouble = (message, severity) =>
    context.notice({ kind: 'sink-failed', severity, message: `influxdb: ${message}` });
  const shipper = new Shipper({
    post: poster(settings),
    spools: spools(settings, context, trouble),
    pace: PACE,
    trouble,
  });
  const batcher = new Batcher({
    lines: settings.lines,
    wait: () => settings.wait * (shipper.away ? PATIENCE : 1),
    send: (text, lines) => shipper.ship(text, lines, Date.now()),
  });
  const { labels = {}, processes = false, tags: extra = [], series: most = 1_000 } = options;
  const full = (what: string) => (): void => trouble(`more than ${most} names: those beyond are ${what}`, 'warning');
  const points = { extra, labels, series: seriesBook(most, full('counted as (other)')) };
  const single = { ...points, series: seriesBook(most, full('left out of psstop_process')) };
  let number = 0;
  const record = { host: context.host, labels, nth: () => number++ };
  const due = dueEach(settings.every);
  shipper.resume();
  const own = () => ({
    deliveries: context.deliveries?.(),
    undecided: context.undecided?.().length,
    ...{ buffered: shipper.waiting, dropped: shipper.lost, rss: process.memoryUsage.rss() },
  });
  return {
    snapshot(snapshot: Snapshot): void {
      if (!due(snapshot.uptime)) return;
      batcher.add(hostLine(snapshot, labels) + selfLine(snapshot, own(), labels) + groupLines(snapshot, points));
      if (processes) batcher.add(processLines(snapshot, single));
    },
    event: (event: Event) =>
      batcher.add(event.type === 'alert' ? alertLine(event, labels, record.nth) : noticeLine(event, record)),
    delivery: (delivery) => batcher.add(deliveryLine(delivery, record)),
    async close() {
      await batcher.close();
      await shipper.close();
    },
  };
}

/** The state folder, where there is one, and memory for when it takes nothing. */
function spools({ identity, buffer }: InfluxSettings, { state }: SinkContext, trouble: Trouble): [Spool, ...Spool[]] {
  const memory = memorySpool(Math.min(buffer, MEMORY));
  if (state === undefined) return [memory];
  const name = createHash('sha256').update(identity).digest('hex').slice(0, 16);
  try {
    return [diskSpool(join(state, 'influxdb', name), buffer), memory];
  } catch (error) {
    trouble(`can't keep data on the disk, keeps what memory has room for: ${messageOf(error)}`, 'warning');
    return [memory];
  }
}

function poster({ request, timeout }: InfluxSettings): (packed: Uint8Array, ended: AbortSignal) => Promise<Outcome> {
  const { origin } = request.url;
  return async (packed, ended) => {
    const attempt = new AbortController();
    const abort = (): void => attempt.abort();
    const timer = setTimeout(abort, timeout);
    ended.addEventListener('abort', abort);
    try {
      return outcomeOf(await post({ ...request, body: packed, signal: attempt.signal }), origin);
    } catch (error) {
      return { kind: 'later', why: judgeFailure(error, origin, attempt.signal).message };
    } finally {
      clearTimeout(timer);
      ended.removeEventListener('abort', abort);
    }
  };
}
