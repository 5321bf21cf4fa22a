import { coverage, coverageBounds } from '../../core/coverage.ts';
import { measureHost } from '../../core/measure.ts';
import type { Snapshot } from '../../core/types.ts';
import { type Sample, writeLabels } from './page.ts';

/** The host's memory, how much of it is seen, and what the last snapshot cost. */
export function* hostSamples(snapshot: Snapshot): Generator<Sample> {
  const { memory, processes, cost, time } = snapshot;
  yield plain('psstop_host_memory_total_bytes', memory.total);
  yield plain('psstop_host_memory_available_bytes', memory.available);
  yield plain('psstop_host_swap_total_bytes', memory.swapTotal);
  yield plain('psstop_host_swap_free_bytes', memory.swapFree);
  yield plain('psstop_host_processes', processes.length);
  // Not known everywhere: not in a container without cgroup v2.
  const held = measureHost(snapshot, 'total');
  const unaccounted = measureHost(snapshot, 'unaccounted');
  if (held) yield plain('psstop_host_pss_bytes', held.low);
  if (unaccounted) yield plain('psstop_host_unaccounted_bytes', unaccounted.low);
  yield* pressureSamples(snapshot);
  yield* coverageSamples(snapshot);
  yield plain('psstop_snapshot_time_seconds', time / 1000);
  yield plain('psstop_snapshot_duration_seconds', cost.wall / 1000);
  yield plain('psstop_snapshot_longest_reading_seconds', cost.longest / 1000);
}

/** A series without labels. */
export function plain(name: string, value: number): Sample {
  return { name, labels: '', value };
}

function* pressureSamples({ memory: { pressure } }: Snapshot): Generator<Sample> {
  if (pressure === undefined) return;
  const { some10, some60, full10, full60 } = pressure;
  for (const [stall, window, percent] of [
    ['some', '10s', some10],
    ['some', '1m', some60],
    ['full', '10s', full10],
    ['full', '1m', full60],
  ] as const) {
    const labels = writeLabels([
      ['stall', stall],
      ['window', window],
    ]);
    yield { name: 'psstop_host_memory_pressure_ratio', labels, value: percent / 100 };
  }
}

function* coverageSamples(snapshot: Snapshot): Generator<Sample> {
  const { ratio, unread, total } = coverage(snapshot);
  for (const [reason, count] of Object.entries(unread)) {
    yield { name: 'psstop_unread_processes', labels: writeLabels([['reason', reason]]), value: count };
  }
  if (total <= 0) return;
  const { low, high } = coverageBounds(snapshot);
  yield plain('psstop_coverage_ratio', ratio);
  yield plain('psstop_coverage_low_ratio', low);
  yield plain('psstop_coverage_high_ratio', high);
}
