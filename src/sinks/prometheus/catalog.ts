import { groupMetric, METRIC_MEASURES, type MetricMeasure } from '../../core/metric.ts';

/** What is said of a metric besides its figures. */
export interface Family {
  readonly type: 'gauge' | 'counter' | 'info';
  /** Names of its labels, with blanks between; `group` stands for those that tell groups apart. */
  readonly labels: string;
  readonly help: string;
}

const WORDS: Readonly<Record<MetricMeasure, string>> = {
  pss: 'PSS',
  swap: 'SwapPss (what is swapped out)',
  uss: 'Private memory (USS)',
  anon: 'Anonymous memory (the part of PSS)',
  file: 'File pages (the part of PSS)',
  shmem: 'Shared memory (the part of PSS)',
  dirty: 'Dirty memory',
  rss: 'RSS',
};

const gauge = (labels: string, help: string): Family => ({ type: 'gauge', labels, help });
const counter = (labels: string, help: string): Family => ({ type: 'counter', labels, help });

function measureFamilies(measure: MetricMeasure): [string, Family][] {
  const what = WORDS[measure];
  const read =
    measure === 'rss'
      ? 'RSS of the processes, summed up, in bytes.'
      : `${what} of the processes, summed up, as each was read last, in bytes; one that was never read counts 0.`;
  return [
    [groupMetric(measure, 'read'), gauge('group', read)],
    [groupMetric(measure, 'low'), gauge('group', `${what} of the processes now is at least this, in bytes.`)],
    [
      groupMetric(measure, 'high'),
      gauge('group', `${what} of the processes now is at most this, in bytes; known exactly where low and high agree.`),
    ],
  ];
}

/** Every metric there is, in the order in which they are written. */
export const CATALOG: Readonly<Record<string, Family>> = {
  psstop_group_processes: gauge('group', 'Processes of the group.'),
  psstop_group_read_processes: gauge('group', 'Processes of the group that were read, now or before.'),
  psstop_group_exact_processes: gauge('group', 'Processes of the group that were read in the last snapshot.'),
  psstop_group_reading_age_seconds: gauge(
    'group',
    'Age of the oldest of the last readings; absent where none was read.',
  ),
  psstop_group_start_time_seconds: gauge('group', 'When the oldest process of the group was started, Unix time.'),
  psstop_group_limit_bytes: gauge(
    'group',
    "The nearest ceiling: the lowest memory.max or memory.high of the processes' cgroups, else the host's memory.",
  ),
  ...Object.fromEntries(METRIC_MEASURES.flatMap(measureFamilies)),
  psstop_generation_info: {
    type: 'info',
    labels: 'group build',
    help: 'Builds of the programs that run, where a rule or a view had them looked at.',
  },
  psstop_host_memory_total_bytes: gauge('', "The host's memory."),
  psstop_host_memory_available_bytes: gauge('', 'Memory that is available without swapping (MemAvailable).'),
  psstop_host_swap_total_bytes: gauge('', 'Swap space.'),
  psstop_host_swap_free_bytes: gauge('', 'Swap space that is free.'),
  psstop_host_pss_bytes: gauge(
    '',
    'What all processes hold together, the unreadable ones included (AnonPages + Mapped).',
  ),
  psstop_host_unaccounted_bytes: gauge('', 'Memory in use that no process holds: tmpfs, slab, huge pages, the kernel.'),
  psstop_host_processes: gauge('', 'Processes that have memory.'),
  psstop_host_memory_pressure_ratio: gauge(
    'stall window',
    'Share of time in which some tasks, or all (stall="full"), waited for memory, over a window (PSI).',
  ),
  psstop_coverage_ratio: gauge('', 'Share of the process memory that was read, now or before.'),
  psstop_coverage_low_ratio: gauge('', 'Share of the process memory that can be read is at least this.'),
  psstop_coverage_high_ratio: gauge('', 'Share of the process memory that can be read is at most this.'),
  psstop_unread_processes: gauge('reason', 'Processes that were to be read in the last snapshot and were not.'),
  psstop_alerts: gauge(
    'alertname alertstate severity by target',
    "Alerts that are pending or firing; 1 each, with the rule's own labels.",
  ),
  psstop_undecided_targets: gauge('', "Targets of rules that can't be judged, for want of a reading."),
  psstop_alert_events_total: counter('kind', 'What happened to alerts since psstop was started.'),
  psstop_notices_total: counter('kind severity', 'What psstop told of itself since it was started.'),
  psstop_deliveries_total: counter('action outcome', 'What became of handing events to actions.'),
  psstop_deliveries_waiting: gauge('', 'Messages that wait to be delivered.'),
  psstop_deliveries_oldest_seconds: gauge('', 'Age of the oldest message that waits.'),
  psstop_receivers_down: gauge('', 'Receivers of messages that do not answer.'),
  psstop_build_info: { type: 'info', labels: 'version nodejs', help: 'The version of psstop, and of Node.js.' },
  psstop_snapshots_total: counter('', 'Snapshots taken.'),
  psstop_snapshot_time_seconds: gauge('', 'When the last snapshot was taken, Unix time.'),
  psstop_snapshot_duration_seconds: gauge('', 'How long the last snapshot took.'),
  psstop_snapshot_longest_reading_seconds: gauge('', 'Longest single reading of the last snapshot.'),
  psstop_snapshot_readings_total: counter('', 'Exact readings made.'),
  psstop_snapshot_cpu_seconds_total: counter('', 'CPU time that snapshots took, of the watchdog and its reader.'),
  psstop_series_dropped_total: counter(
    '',
    'Series that were left out of answers, or summed up in name="other", for the bound on them.',
  ),
};
