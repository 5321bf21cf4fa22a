import type { Entry, LoadedData, RuleData } from '../../config/data.ts';
import { fillVariables } from '../../config/variables.ts';
import { escapeControls } from '../../core/escape.ts';
import { DEFAULT_MESSAGE } from '../../core/message.ts';
import { type GroupLabel, type MetricMeasure, USUAL_LABELS, USUAL_MEASURES } from '../../core/metric.ts';
import type { Rule } from '../../core/types.ts';
import { type RuleFile, ruleFile } from '../../export/prometheus/file.ts';
import type { RuleSource } from '../../export/prometheus/rule-source.ts';
import type { Given } from '../options.ts';
import { loadUnsent } from '../unsent.ts';
import { UsageError, type World } from '../world.ts';

/** What a rule says of who is told, and when: Prometheus leaves that to Alertmanager. */
const TELLING = ['repeat', 'during', 'except', 'inhibited-by', 'group', 'escalate', 'storm'] as const;

/** Writes rules for Prometheus. @returns the exit code: 1 when some can't be said there. */
export async function exportRules(given: Given, world: World): Promise<number> {
  const [format, ...named] = given.operands;
  if (format !== 'prometheus') throw new UsageError('export to what? Write: psstop export prometheus [RULES]');
  const { rules: options = [] } = given.values;
  const values = { ...given.values, rules: [options, named].flat() as string[] };
  const { data, rules, settings } = await loadUnsent({ ...given, values }, world);
  const { interval } = settings;
  const sink = sinkOf(data);
  const file = ruleFile(
    rules.map((rule) => sourceOf(rule, data, world)),
    { interval, ...(sink && { labels: sink.labels }) },
  );
  world.stdout.write(file.text);
  tell(file, sink, world);
  return file.left.length > 0 ? 1 : 0;
}

interface Exported {
  readonly labels: readonly GroupLabel[];
  readonly measures: readonly MetricMeasure[];
}

function sourceOf(rule: Rule, { rules }: LoadedData, { env }: World): RuleSource {
  const entry = rules.find(({ name }) => name === rule.name) as Entry<RuleData>;
  const { select, when, message = DEFAULT_MESSAGE } = entry.data;
  // What is wrong with a variable has been found when the rules were compiled.
  const filled = fillVariables({ select, when, message }, env, () => undefined);
  return { rule, ...filled, telling: TELLING.filter((key) => entry.data[key] !== undefined) };
}

/** What the sink is configured to export, where it is. */
function sinkOf({ config }: LoadedData): Exported | undefined {
  for (const written of config.sinks ?? []) {
    const options = typeof written === 'string' ? (written === 'prometheus' ? {} : undefined) : written.prometheus;
    if (options === undefined) continue;
    return { labels: USUAL_LABELS, measures: USUAL_MEASURES, ...(options as Partial<Exported> | null) };
  }
  return undefined;
}

function tell({ left, translated, labels, measures }: RuleFile, sink: Exported | undefined, { stderr }: World): void {
  for (const { name, reason } of left) stderr.write(`psstop: left out: ${name}: ${escapeControls(reason)}\n`);
  const rough = translated.filter(({ remarks }) => remarks.some((remark) => remark.startsWith('approximation')));
  if (rough.length > 0) stderr.write(`psstop: approximations: ${rough.map(({ rule }) => rule.alert).join(', ')}\n`);
  if (sink === undefined) return;
  const lacking = [
    ...labels.filter((label) => !sink.labels.includes(label)),
    ...measures.filter((measure) => !sink.measures.includes(measure)),
  ];
  if (lacking.length > 0)
    stderr.write(`psstop: the sink prometheus does not export what they need: ${lacking.join(', ')}\n`);
}
