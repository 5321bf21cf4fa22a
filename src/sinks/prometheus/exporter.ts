import type { GroupLabel, MetricMeasure } from '../../core/metric.ts';
import type { SinkContext, Snapshot } from '../../core/types.ts';
import { alertSamples } from './alert-samples.ts';
import { generationSamples, groupSamples, seriesOfGroup } from './group-samples.ts';
import { groupProcesses } from './groups.ts';
import { hostSamples, plain } from './host-samples.ts';
import { type PageFormat, type Sample, writeLabels, writePage } from './page.ts';
import { createTally, type Tally } from './tally.ts';

/** What is exported. */
export interface ExporterOptions {
  readonly labels: readonly GroupLabel[];
  readonly measures: readonly MetricMeasure[];
  /** The most series of a page. */
  readonly series: number;
}

/** Keeps what is to be said, and says it when somebody asks. */
export interface Exporter extends Omit<Tally, 'samples'> {
  /** The page of now. The same one is made once for all who ask between two snapshots. */
  page(format: PageFormat): Buffer;
}

/** Alerts may take this share of the series: with a storm of them the groups must still be seen. */
const ALERTS_SHARE = 1 / 5;
/** Series that neither groups nor alerts are: the host's, the counters, with room for kinds and actions. */
const FIXED = 150;

/** Makes an exporter. What it costs between two scrapes is next to nothing: groups are made when somebody asks. */
export function createExporter(options: ExporterOptions, context: SinkContext): Exporter {
  const tally = createTally();
  const bound = createBound(options, context);
  const pages = new Map<PageFormat, Buffer>();
  let last: Snapshot | undefined;
  const samples = function* (): Generator<Sample> {
    const { version, undecided, deliveries } = context;
    const build = writeLabels(Object.entries({ version, nodejs: process.versions.node }));
    yield { name: 'psstop_build_info', labels: build, value: 1 };
    yield* tally.samples();
    if (undecided) yield plain('psstop_undecided_targets', undecided().length);
    if (deliveries) yield* deliverySamples(deliveries());
    if (last) yield* hostSamples(last);
    yield* bound.samples(last);
  };
  return {
    snapshot(snapshot): void {
      tally.snapshot(snapshot);
      last = snapshot;
      pages.clear();
    },
    event: tally.event,
    delivery: tally.delivery,
    page(format): Buffer {
      const known = pages.get(format);
      if (known) return known;
      const page = Buffer.from(writePage(samples(), format));
      pages.set(format, page);
      return page;
    },
  };
}

function* deliverySamples({ waiting, oldest, down }: ReturnType<NonNullable<SinkContext['deliveries']>>) {
  yield plain('psstop_deliveries_waiting', waiting);
  yield plain('psstop_deliveries_oldest_seconds', oldest / 1000);
  yield plain('psstop_receivers_down', down.length);
}

/** What there may be many of: groups and alerts. */
function createBound({ labels, measures, series }: ExporterOptions, { alerts, notice }: SinkContext) {
  let dropped = 0;
  let told = false;
  const tell = (left: number): void => {
    dropped += left;
    if (left > 0 && !told) {
      const message = `prometheus: more than ${series} series: the smallest groups are summed up as name="other"`;
      notice({ kind: 'sink-failed', severity: 'warning', message });
    }
    told = left > 0;
  };
  return {
    *samples(snapshot: Snapshot | undefined): Generator<Sample> {
      const shown = alertSamples(alerts?.() ?? [], Math.floor(series * ALERTS_SHARE));
      yield* shown.samples;
      let { left } = shown;
      if (snapshot) {
        const room = series - FIXED - shown.samples.length;
        const perGroup = seriesOfGroup(measures);
        const most = Math.max(1, Math.floor(room / perGroup));
        const found = groupProcesses(snapshot, { labels, most });
        yield* groupSamples(found, { snapshot, measures });
        const generations = [...generationSamples(found.groups)];
        const roomLeft = room - found.groups.length * (perGroup - 1);
        yield* generations.slice(0, Math.max(0, roomLeft));
        left += found.merged * perGroup + Math.max(0, generations.length - Math.max(0, roomLeft));
      }
      tell(left);
      yield plain('psstop_series_dropped_total', dropped);
    },
  };
}
