import { labelName } from '../../core/metric.ts';
import { say } from './condition.ts';
import { figureText } from './figure-text.ts';
import { kept, thresholdOf } from './level.ts';
import { literal, translateMessage } from './message.ts';
import { duration, join, type Piece } from './promql.ts';
import type { Fleet, RuleSource } from './rule-source.ts';
import { firing, type Needs, type View, viewOf } from './view.ts';

/** An alerting rule of Prometheus (prometheus.io/docs/prometheus/latest/configuration/alerting_rules). */
export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What a rule came to. */
export interface Translated {
  readonly rule: AlertingRule;
  readonly needs: Needs;
  readonly remarks: readonly string[];
}

/** Translates one rule. @throws CannotSay where it can't be said. */
export function translate(source: RuleSource, fleet: Fleet): Translated {
  const view = viewOf(source, fleet);
  const { rule, when } = source;
  const { text } = expression(view);
  const { value, limit } = figureText(when as Record<string, unknown>);
  const { group, remarks, needs } = view;
  const labels = labelsOf(view);
  const summary = translateMessage(source, { group, value, limit, remarks });
  if (source.telling.length > 0)
    remarks.add(`${source.telling.join(', ')}: who is told, and when, is Alertmanager's matter`);
  return {
    rule: {
      alert: rule.name,
      expr: text,
      ...(rule.for > 0 && { for: duration(rule.for) }),
      ...(rule.keep > 0 && { keep_firing_for: duration(rule.keep) }),
      labels,
      annotations: { summary, ...(rule.summary !== undefined && { description: literal(rule.summary) }) },
    },
    needs,
    remarks: [...remarks],
  };
}

/** What `no-data` makes of a condition that can't be told. With `keep` an alert that fires goes on while it is possible that it holds. */
function expression(view: View): Piece {
  const { rule, when } = view.source;
  const [[key, options] = ['', undefined]] = Object.entries(when as Record<string, Record<string, unknown>>);
  if (rule.noData === 'keep' && (key === 'above' || key === 'below'))
    return kept(view, thresholdOf(key, options ?? {}));
  const { certain, possible } = say(view, when);
  if (rule.noData === 'clear' || certain.text === possible.text) return certain;
  if (rule.noData === 'fire') return possible;
  const goesOn = { text: `(${possible.text}) and on (${view.group}) ${firing(view)}`, loose: true };
  return join('or', [certain, goesOn]);
}

/** A rule's own labels must not take the place of those that tell targets apart. */
function labelsOf({ source: { rule }, group, remarks }: View): Record<string, string> {
  const taken = [...group.split(', '), 'alertname', 'severity'];
  const own: Record<string, string> = {};
  for (const [written, value] of Object.entries(rule.labels)) {
    const name = labelName(written);
    if (taken.includes(name)) remarks.add(`the label ${name} is taken: the rule's own is left out`);
    else own[name] = literal(value);
  }
  return { ...own, severity: rule.severity };
}
