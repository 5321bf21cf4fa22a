import { quote } from './promql.ts';
import type { RuleSource } from './rule-source.ts';

/** Where a field of a message comes from in Prometheus: a label of the alert, by what the rule groups by. */
const LABELS: Readonly<Record<string, string>> = {
  host: 'instance',
  unit: 'unit',
  container: 'container',
  user: 'user',
  exe: 'exe',
};

/** Fields that Prometheus knows nothing of. */
const UNKNOWN: readonly string[] = ['kind', 'reason', 'count', 'pid', 'time', 'lasted'];

/**
 * A rule's message as a template of Prometheus. What it can't know is left out, and said.
 * @param unit of the figure that the expression gives.
 */
export function translateMessage(
  { rule, message }: Pick<RuleSource, 'rule' | 'message'>,
  { group, value, limit, remarks }: { group: string; value: string; limit: string; remarks: Set<string> },
): string {
  const target = group.includes('pid')
    ? '{{ $labels.name }}[{{ $labels.pid }}]'
    : `{{ $labels.${group.split(', ').at(-1)} }}`;
  const fields: Readonly<Record<string, string>> = {
    ...{ target, value, limit: literal(limit), because: `${value}, limit ${literal(limit)}` },
    ...{ rule: literal(rule.name), summary: literal(rule.summary ?? ''), severity: rule.severity },
  };
  const field = (name: string): string => {
    if (name.startsWith('labels.')) return literal(rule.labels[name.slice('labels.'.length)] ?? '');
    const label = LABELS[name];
    if (label !== undefined && group.split(', ').includes(label)) return `{{ $labels.${label} }}`;
    if (label !== undefined || UNKNOWN.includes(name))
      remarks.add(`Prometheus does not know {{${name}}}: it is left out of the message`);
    return fields[name] ?? '';
  };
  return message
    .split(/\{\{\s*(.*?)\s*\}\}/s)
    .map((part, index) => (index % 2 === 0 ? literal(part) : field(part)))
    .join('');
}

/** A text that stands for itself in a template of Prometheus: labels are templates too. */
export function literal(text: string): string {
  return text.replaceAll('{{', `{{ ${quote('{{')} }}`);
}
