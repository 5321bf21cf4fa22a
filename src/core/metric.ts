import type { Measure } from './types.ts';

/** What tells one group of processes from another in metrics: a cell of these is one series. */
export const GROUP_LABELS = ['name', 'unit', 'container', 'user', 'exe', 'cgroup', 'pid'] as const;

/** One of them. */
export type GroupLabel = (typeof GROUP_LABELS)[number];

/** The groups of metrics when nothing else is said: few, and steady. */
export const USUAL_LABELS: readonly GroupLabel[] = ['name', 'unit', 'container'];

/** The measures of processes that metrics can have, in bytes. `memory` is the sum of `pss` and `swap`. */
export const METRIC_MEASURES = ['pss', 'swap', 'uss', 'anon', 'file', 'shmem', 'dirty', 'rss'] as const;

/** One of them. */
export type MetricMeasure = (typeof METRIC_MEASURES)[number];

/** Those that metrics have when nothing else is said. */
export const USUAL_MEASURES: readonly MetricMeasure[] = ['pss', 'swap', 'uss', 'rss'];

/** Whether a measure can be a metric of groups. */
export function isMetricMeasure(measure: Measure): measure is MetricMeasure {
  return (METRIC_MEASURES as readonly string[]).includes(measure);
}

/**
 * The name of a group's metric in bytes. `read`: as it was read last; `low` and `high`: it lies between them now, and is known
 * exactly where they are equal.
 */
export function groupMetric(measure: MetricMeasure, figure: 'read' | 'low' | 'high'): string {
  return `psstop_group_${measure}${figure === 'read' ? '' : `_${figure}`}_bytes`;
}

/** A label name of Prometheus, which holds letters, digits and underlines. */
export function labelName(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_');
}
