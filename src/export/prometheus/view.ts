import { HOST_MEASURES } from '../../core/measure.ts';
import {
  type GroupLabel,
  groupMetric,
  isMetricMeasure,
  type MetricMeasure,
  USUAL_MEASURES,
} from '../../core/metric.ts';
import type { GroupBy, Measure } from '../../core/types.ts';
import { quote } from './promql.ts';
import { CannotSay, type Fleet, type RuleSource } from './rule-source.ts';
import { type Selection, selectionOf, series } from './selection.ts';

/** What the metrics must have for a rule. */
export interface Needs {
  readonly labels: Set<GroupLabel>;
  readonly measures: Set<MetricMeasure>;
}

/** What is certain, what is possible, or what was read last. */
export type Figure = 'low' | 'high' | 'read';

/** A rule's targets as Prometheus sees them: which series they are, and what tells one from another. */
export interface View {
  readonly source: RuleSource;
  readonly fleet: Fleet;
  readonly selection: Selection;
  /** `instance, name`: what tells targets apart. */
  readonly group: string;
  readonly needs: Needs;
  /** What is to be said about the translation. */
  readonly remarks: Set<string>;
}

const LABEL_OF: Partial<Record<GroupBy, GroupLabel>> = {
  name: 'name',
  unit: 'unit',
  container: 'container',
  cgroup: 'cgroup',
  user: 'user',
  exe: 'exe',
  process: 'pid',
};

/** @throws CannotSay where the selection or the grouping can't be had from metrics. */
export function viewOf(source: RuleSource, fleet: Fleet): View {
  const { by } = source.rule;
  const selected = selectionOf(source.select);
  const label = labelOf(by);
  const needs: Needs = { labels: new Set(selected.labels), measures: new Set(USUAL_MEASURES) };
  if (label) needs.labels.add(label);
  const pid = needs.labels.has('pid');
  if (pid && fleet.labels?.includes('pid') !== true) {
    const why = by === 'process' ? 'by: process' : 'select: pid';
    throw new CannotSay(`${why} needs series of their own for all processes: give the sink labels: [name, pid]`);
  }
  if (pid) needs.labels.add('name');
  // Who has no unit is no target of a rule by unit.
  const has = label === undefined || selected.matchers.some((one) => one.startsWith(`${label}=`));
  const selection = has ? selected : { ...selected, matchers: [...selected.matchers, `${label}!=""`] };
  const apart = label === 'pid' ? ['instance', 'name', 'pid'] : ['instance', ...(label ? [label] : [])];
  return { source, fleet, selection, group: apart.join(', '), needs, remarks: new Set() };
}

function labelOf(by: GroupBy): GroupLabel | undefined {
  if (by === 'host') return undefined;
  const label = LABEL_OF[by];
  if (label === undefined) throw new CannotSay(`by: ${by}: metrics know no trees of processes`);
  return label;
}

/** An aggregate over the rule's series of one metric, for each target. */
export function over(view: View, aggregate: 'sum' | 'min', metric: string): string {
  return `${aggregate} by (${view.group}) (${series(metric, view.selection)})`;
}

/** A figure of the host, for each host. */
export function ofHost(metric: string): string {
  return `max by (instance) (${metric})`;
}

/** Whether the rule looks at hosts as wholes: its targets are there even when no process is. */
export function wholeHost({ source }: View): boolean {
  return source.rule.by === 'host' && (source.select === undefined || source.rule.when.wholeSelection === true);
}

/** The targets that there are. */
export function targets(view: View): string {
  return wholeHost(view) ? ofHost('psstop_host_processes') : over(view, 'sum', 'psstop_group_processes');
}

/** The firing alerts of this rule, as Prometheus keeps them. */
export function firing({ source }: View): string {
  return `ALERTS{alertname=${quote(source.rule.name)}, alertstate="firing"}`;
}

const OF_HOST: Readonly<Record<string, string>> = {
  available: 'psstop_host_memory_available_bytes',
  total: 'psstop_host_pss_bytes',
  unaccounted: 'psstop_host_unaccounted_bytes',
  undecided: 'psstop_undecided_targets',
};

/** A measure of each target. Of the host's, one for each host. */
export function measured(view: View, measure: Measure, figure: Figure): string {
  if (HOST_MEASURES.includes(measure)) return ofHost(hostMetric(measure, figure));
  if (measure === 'count') return over(view, 'sum', 'psstop_group_processes');
  if (measure === 'age') {
    view.remarks.add('ages are told to the second, at the time of the evaluation');
    return `(time() - ${over(view, 'min', 'psstop_group_start_time_seconds')})`;
  }
  if (measure === 'memory') return `(${measured(view, 'pss', figure)} + ${measured(view, 'swap', figure)})`;
  if (!isMetricMeasure(measure)) throw new CannotSay(`metrics do not have ${measure}`);
  view.needs.measures.add(measure);
  return over(view, 'sum', groupMetric(measure, figure));
}

function hostMetric(measure: Measure, figure: Figure): string {
  if (measure === 'coverage') return `psstop_coverage_${figure === 'read' ? '' : `${figure}_`}ratio`;
  return OF_HOST[measure] ?? '';
}
