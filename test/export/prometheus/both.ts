import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileRules } from '../../../src/config/compile.ts';
import type { LoadedData, RuleData } from '../../../src/config/data.ts';
import { advance } from '../../../src/core/advance.ts';
import { emptyMemory } from '../../../src/core/memory.ts';
import { DEFAULT_MESSAGE } from '../../../src/core/message.ts';
import { METRIC_MEASURES } from '../../../src/core/metric.ts';
import type { Rule, Snapshot } from '../../../src/core/types.ts';
import { type RuleFile, ruleFile } from '../../../src/export/prometheus/file.ts';
import { createExporter } from '../../../src/sinks/prometheus/exporter.ts';
import { keyOf, type Line, readPage } from '../../prometheus/page.ts';
import { promtool } from '../../prometheus/server.ts';
import { EVERY } from './story.ts';

/** Compiles rules as the daemon would. */
export function compile(written: readonly RuleData[]): Promise<Rule[]> {
  const rules = written.map((data, index) => ({ name: data.name, data, file: 'r.yaml', path: ['rules', index] }));
  const data: LoadedData = { config: {}, rules, actions: [], warnings: [], files: [], digests: {}, watch: [] };
  const actionContext = { host: '', version: '', proc: '/proc', console: false, live: false };
  return compileRules(data, { actionContext, env: {} });
}

/** The rules as a file for Prometheus. */
export function exported(written: readonly RuleData[], rules: readonly Rule[]): RuleFile {
  const sources = rules.map((rule) => {
    const { select, when, message = DEFAULT_MESSAGE } = written.find(({ name }) => name === rule.name) ?? { when: {} };
    return { rule, select, when, message, telling: [] };
  });
  return ruleFile(sources, { interval: EVERY * 1000 });
}

/** What fires after each snapshot of a story, with what the sink says of it: what Prometheus would have scraped. */
export interface Played {
  /** `rule-1 web`, sorted. */
  readonly firing: readonly (readonly string[])[];
  readonly pages: readonly (readonly Line[])[];
}

/** Plays a story through the rules as the daemon would. */
export function play(rules: readonly Rule[], story: readonly Snapshot[]): Played {
  const memory = emptyMemory();
  const context = { host: 'h', version: '1', live: true, notice: () => undefined };
  const labels = ['name', 'unit', 'container', 'user', 'cgroup'] as const;
  const exporter = createExporter({ labels, measures: METRIC_MEASURES, series: 100_000 }, context);
  const firing: string[][] = [];
  const pages: Line[][] = [];
  for (const snapshot of story) {
    advance(memory, rules, snapshot);
    exporter.snapshot(snapshot);
    pages.push(readPage(exporter.page('text').toString()));
    const alerts = memory.active.filter(({ alert }) => alert.phase === 'firing' || alert.phase === 'clearing');
    firing.push(alerts.map(({ rule, key }) => `${rule.name} ${key}`).sort());
  }
  return { firing, pages };
}

/**
 * Has promtool judge the same pages by the exported rules; with `from`, only the evaluations from that one on are compared.
 * @param alerts tests of alerts with their labels and annotations, besides.
 * @returns its exit code and what it says; 0 is that the same alerts fire at all of the same evaluations.
 */
export function judge(
  { firing, pages }: Played,
  rules: readonly Rule[],
  { file, from = 0, alerts = [] }: { file: RuleFile; from?: number; alerts?: readonly object[] },
): { readonly status: number | null; readonly output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'psstop-promtool-'));
  const every = `${EVERY}s`;
  const evaluations = firing.map((names, step) => ({
    expr: 'ALERTS{alertstate="firing"}',
    eval_time: `${step * EVERY}s`,
    exp_samples: names.map((name) => ({ labels: alertSeries(name, rules), value: 1 })),
  }));
  const promql_expr_test = evaluations.slice(from);
  const test = { interval: every, input_series: inputSeries(pages), promql_expr_test, alert_rule_test: alerts };
  try {
    writeFileSync(join(folder, 'rules.yml'), file.text);
    // JSON is YAML.
    const tests = { rule_files: ['rules.yml'], evaluation_interval: every, tests: [test] };
    writeFileSync(join(folder, 'test.yml'), JSON.stringify(tests));
    return promtool(['test', 'rules', join(folder, 'test.yml')]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What promtool takes: a series in writing, and its values, one for each evaluation. A series that ends is marked as stale, as a scrape does. */
export function inputSeries(pages: readonly (readonly Line[])[]): { series: string; values: string }[] {
  const found = new Map<string, { line: Line; values: Map<number, number> }>();
  for (const [step, page] of pages.entries()) {
    for (const line of page) {
      const key = keyOf(line);
      const known = found.get(key) ?? { line, values: new Map() };
      known.values.set(step, line.value);
      found.set(key, known);
    }
  }
  return Array.from(found.values(), ({ line, values }) => ({
    series: `${line.name}${labelText({ ...line.labels, instance: 'h1' })}`,
    values: pages.map((_page, step) => valueText(values, step)).join(' '),
  }));
}

function valueText(values: ReadonlyMap<number, number>, step: number): string {
  const value = values.get(step);
  if (value !== undefined) return value === Number.POSITIVE_INFINITY ? 'Inf' : String(value);
  return values.has(step - 1) ? 'stale' : '_';
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`)}}`;
}

function alertSeries(alert: string, rules: readonly Rule[]): string {
  const [name = '', key = ''] = alert.split(' ', 2);
  const rule = rules.find((one) => one.name === name);
  const { by = 'host', severity = 'warning', labels = {} } = rule ?? {};
  const apart = by === 'host' ? {} : { [by]: key };
  const own = { alertname: name, alertstate: 'firing', severity, ...labels };
  return `ALERTS${labelText({ ...own, instance: 'h1', ...apart })}`;
}
