import { escapeControls } from '../../core/escape.ts';
import { type GroupLabel, type MetricMeasure, USUAL_LABELS, USUAL_MEASURES } from '../../core/metric.ts';
import { type AlertingRule, type Translated, translate } from './rule.ts';
import { CannotSay, type Fleet, type RuleSource } from './rule-source.ts';

/** A file of rules for Prometheus, and what could not be put into it. */
export interface RuleFile {
  /** YAML; with the reasons as comments at its top. */
  readonly text: string;
  readonly translated: readonly Translated[];
  readonly left: readonly { readonly name: string; readonly reason: string }[];
  /** What the sink on the hosts must export for these rules. */
  readonly labels: readonly GroupLabel[];
  readonly measures: readonly MetricMeasure[];
}

/** Translates rules; those that can't be said are left out. */
export function ruleFile(sources: readonly RuleSource[], fleet: Fleet): RuleFile {
  const translated: Translated[] = [];
  const left: { name: string; reason: string }[] = [];
  for (const source of sources) {
    try {
      translated.push(translate(source, fleet));
    } catch (error) {
      if (!(error instanceof CannotSay)) throw error;
      left.push({ name: source.rule.name, reason: error.message });
    }
  }
  const needed = translated.map(({ needs }) => needs);
  const labels = [...new Set([...USUAL_LABELS, ...needed.flatMap((one) => [...one.labels])])];
  const measures = [...new Set([...USUAL_MEASURES, ...needed.flatMap((one) => [...one.measures])])];
  const file = { translated, left, labels, measures };
  return { ...file, text: `${comments(file)}${groups(translated)}` };
}

const SAME = `# The same rules as psstop's, judged over the metrics of its sink prometheus. What holds, fires after the same "for" and ends
# after the same "keep" (keep_firing_for, Prometheus 2.42 or newer) where scrape and evaluation follow each snapshot. What differs:
# - psstop ends an alert 10 s after its last process did, whatever "keep" is; Prometheus goes on for keep_firing_for.
# - While a figure is not known, no-data: keep leaves in psstop what is pending or clearing as it is; Prometheus begins anew.
# - What a group was not read for is bounded by each of its series alone; psstop also knows what all others can't have.
# psstop reads exactly what its own rules depend on: load the same rules there (mode: shadow tells nobody), or write
# reading: { exact: always }. Where psstop_series_dropped_total grows, raise the sink's series.
`;

function comments({ translated, left, labels, measures }: Omit<RuleFile, 'text'>): string {
  const lines = [
    ...left.map(({ name, reason }) => `LEFT OUT ${name}: ${reason}`),
    ...translated.flatMap(({ rule, remarks }) => remarks.map((remark) => `${rule.alert}: ${remark}`)),
  ];
  const sink = `sinks: [{ prometheus: { labels: [${labels.join(', ')}], measures: [${measures.join(', ')}] } }]`;
  return `${SAME}# They need in psstop.yaml: ${sink}\n${lines.map((line) => `# ${escapeControls(line)}\n`).join('')}`;
}

function groups(translated: readonly Translated[]): string {
  if (translated.length === 0) return 'groups: []\n';
  return `groups:\n  - name: psstop\n    rules:\n${translated.map(({ rule }) => ruleText(rule)).join('')}`;
}

/** A text in JSON is one in YAML. An expression stands on lines of its own. */
function ruleText({ alert, expr, labels, annotations, ...times }: AlertingRule): string {
  const lines = expr.split('\n').map((line) => `          ${line}`);
  return [
    `      - alert: ${JSON.stringify(alert)}`,
    ...(isPlain(expr) ? ['        expr: |-', ...lines] : [`        expr: ${JSON.stringify(expr)}`]),
    ...Object.entries(times).map(([key, value]) => `        ${key}: ${value}`),
    ...mapping('labels', labels),
    ...mapping('annotations', annotations),
    '',
  ].join('\n');
}

function mapping(key: string, values: Readonly<Record<string, string>>): string[] {
  return [
    `        ${key}:`,
    ...Object.entries(values).map(([name, value]) => `          ${JSON.stringify(name)}: ${JSON.stringify(value)}`),
  ];
}

/** A block of YAML takes no control characters. */
function isPlain(text: string): boolean {
  return escapeControls(text.replaceAll('\n', ' ')) === text.replaceAll('\n', ' ');
}
