import type { DeliveryTally } from '../../core/outbox/standing.ts';
import { holdingsOf, hostFigures } from '../../core/totals.ts';
import type { ProcessInfo, ProcessSample, Snapshot } from '../../core/types.ts';
import { figuresOf } from './figures.ts';
import { lineOf, real, type Tags, text, whole } from './line.ts';
import type { SeriesBook } from './series.ts';

/** What tells processes of one name apart, where it is asked for: each costs the database a series for every value it ever had. */
export type ExtraTag = 'pid' | 'user';

/** How processes become points. */
export interface PointOptions {
  readonly extra: readonly ExtraTag[];
  /** What all points carry. */
  readonly labels: Tags;
  readonly series: SeriesBook;
}

/** What psstop says of itself. */
export interface OwnFigures {
  readonly deliveries: DeliveryTally | undefined;
  readonly undecided: number | undefined;
  /** Bytes that wait for the database, and lines that it never got. */
  readonly buffered: number;
  readonly dropped: number;
  /** Resident memory of the daemon, bytes. */
  readonly rss: number;
}

/** Where what has no room for a series of its own is counted. */
const OTHERS = '(other)';

/** `psstop_host`: memory of the host and what its processes hold. */
export function hostLine(snapshot: Snapshot, labels: Tags): string {
  const { memory, host, time } = snapshot;
  const { pressure } = memory;
  const { pss, from } = holdingsOf(snapshot);
  const figures = hostFigures(snapshot);
  const fields = {
    ...{ total: whole(memory.total), available: whole(memory.available) },
    ...{ anon: whole(memory.anon), mapped: whole(memory.mapped) },
    ...{ swap_total: whole(memory.swapTotal), swap_free: whole(memory.swapFree) },
    ...{ processes: whole(snapshot.processes.length), pss: whole(pss), pss_from: text(from) },
    ...{ coverage: real(figures?.coverage), unaccounted: whole(figures?.unaccounted) },
    ...{ pressure_some10: real(pressure?.some10), pressure_some60: real(pressure?.some60) },
    ...{ pressure_full10: real(pressure?.full10), pressure_full60: real(pressure?.full60) },
  };
  return lineOf({ measurement: 'psstop_host', tags: { ...labels, host }, fields, time });
}

/** `psstop_self`: what the snapshot cost, and how psstop stands. */
export function selfLine(snapshot: Snapshot, own: OwnFigures, labels: Tags): string {
  const { cost, host, time } = snapshot;
  const { deliveries } = own;
  const fields = {
    ...{ read: whole(cost.exact), wall_ms: real(cost.wall), longest_ms: real(cost.longest), cpu_ms: real(cost.cpu) },
    ...{ gone: whole(snapshot.gone), rss: whole(own.rss), undecided: whole(own.undecided) },
    ...{ deliveries_waiting: whole(deliveries?.waiting), deliveries_failed: whole(deliveries?.failed) },
    ...{ buffered: whole(own.buffered), dropped: whole(own.dropped) },
  };
  return lineOf({ measurement: 'psstop_self', tags: { ...labels, host }, fields, time });
}

/** `psstop_memory`: a point for each name in each unit or container. */
export function groupLines(snapshot: Snapshot, { labels, series }: PointOptions): string {
  const { host, time, uptime } = snapshot;
  const lines = Array.from(groups(snapshot, series).values(), ({ tags, samples }) =>
    lineOf({
      measurement: 'psstop_memory',
      tags: { ...labels, host, ...tags },
      fields: figuresOf(samples, uptime),
      time,
    }),
  );
  return lines.join('');
}

/**
 * `psstop_process`: a point for each process. Those that have all tags in common are some nanoseconds apart, or the database
 * would keep only one of them. What has no room for a series of its own is left out.
 */
export function processLines(snapshot: Snapshot, { labels, extra, series }: PointOptions): string {
  const { host, time, uptime } = snapshot;
  const seen = new Map<string, number>();
  let lines = '';
  for (const sample of snapshot.processes) {
    const { process } = sample;
    const more = Object.fromEntries(extra.map((name) => [name, String(process[name])]));
    const key = `${keyOf(process)}\n${Object.values(more).join('\n')}`;
    if (!series.admit(key, uptime)) continue;
    const nth = seen.get(key) ?? 0;
    seen.set(key, nth + 1);
    const fields = {
      // A column is a tag or a field, never both.
      ...(!extra.includes('pid') && { pid: whole(process.pid) }),
      ...{ start: whole(process.start), ...figuresOf([sample], uptime), why: text(sample.unread) },
    };
    const tags = { ...labels, host, ...tagsOf(process), ...more };
    lines += lineOf({ measurement: 'psstop_process', tags, fields, time, nth });
  }
  return lines;
}

interface Gathered {
  readonly tags: Tags;
  readonly samples: ProcessSample[];
}

function groups({ processes, uptime }: Snapshot, series: SeriesBook): Map<string, Gathered> {
  const found = new Map<string, Gathered>();
  for (const sample of processes) {
    const key = keyOf(sample.process);
    const admitted = series.admit(key, uptime);
    const group = found.get(admitted ? key : OTHERS);
    if (group) group.samples.push(sample);
    else if (admitted) found.set(key, { tags: tagsOf(sample.process), samples: [sample] });
    else found.set(OTHERS, { tags: { name: OTHERS }, samples: [sample] });
  }
  return found;
}

function keyOf({ name, unit, container }: ProcessInfo): string {
  return `${name}\n${unit ?? ''}\n${container ?? ''}`;
}

function tagsOf({ name, unit, container }: ProcessInfo): Tags {
  return { name, unit, container };
}
