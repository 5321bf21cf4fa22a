import type { AlertEvent, MessageTemplate } from './types.ts';
import { formatDuration, formatValue } from './units.ts';

type EventFacts = Parameters<MessageTemplate>[0];

/** What a rule without a `message` says. */
export const DEFAULT_MESSAGE = '{{target}}: {{because}}';

const FIELDS: Readonly<Record<string, (event: EventFacts) => string>> = {
  rule: (event) => event.rule,
  summary: (event) => event.summary ?? '',
  severity: (event) => event.severity,
  kind: (event) => event.kind,
  reason: (event) => event.reason ?? '',
  host: (event) => event.host,
  target: (event) => event.target.name,
  count: (event) => String(event.target.count),
  pid: (event) => event.target.processes.map(({ pid }) => pid).join(' '),
  unit: (event) => event.target.unit ?? '',
  container: (event) => event.target.container ?? '',
  user: (event) => event.target.user ?? '',
  exe: (event) => event.target.exe ?? '',
  value: formatFigure,
  limit: (event) => formatValue(event.limit, event.unit),
  because: (event) => event.because,
  evidence: (event) => event.evidence?.join(' ') ?? '',
  time: (event) => new Date(event.time).toISOString(),
  lasted: (event) => formatDuration(event.time - event.since),
};

/** The names that may stand between {{ and }}, besides `labels.NAME`. */
const MESSAGE_FIELDS: readonly string[] = Object.keys(FIELDS);

/** Compiles `"{{target}} holds {{value}}"`. Nothing is escaped: whoever shows the text does that. @throws Error naming an unknown field, or one that is not closed. */
export function compileMessage(text: string): MessageTemplate {
  const open = /\{\{(?![^{]*\}\})\s*[\w.]*/.exec(text)?.[0];
  if (open !== undefined) throw new Error(`${open} is not closed: write ${open}}}`);
  const parts = text.split(/\{\{\s*(.*?)\s*\}\}/s).map((part, index) => (index % 2 === 0 ? () => part : field(part)));
  return (event) => parts.map((part) => part(event)).join('');
}

function field(name: string): (event: EventFacts) => string {
  if (name.startsWith('labels.')) {
    const label = name.slice('labels.'.length);
    return (event) => event.labels[label] ?? '';
  }
  const read = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  if (read === undefined) {
    throw new Error(`unknown field {{${name}}}: the fields are ${MESSAGE_FIELDS.join(' ')} and labels.NAME`);
  }
  return read;
}

/** The value of an event for people: `612 MiB`, or `at least 612 MiB` where the bound that decided is all that is known of it. */
export function formatFigure(event: Pick<AlertEvent, 'value' | 'limit' | 'ends' | 'unit' | 'rough'>): string {
  const { value, unit, rough } = event;
  const limit = event.ends ?? event.limit;
  const figure = formatValue(value, unit);
  // Counts and ages are always known, though what else the condition looked at, or an expression's 1 or 0, may rest on bounds.
  if (!rough || unit === 'count' || unit === 'duration') return figure;
  // What decides is the lower bound of a figure above its limit, and the upper one of a figure below it.
  if (value === limit) return `about ${figure}`;
  return `${value > limit ? 'at least' : 'at most'} ${figure}`;
}

/** What an event is, in a few words: `fired`, `resolved: exited`. */
export function formatKind(event: Pick<AlertEvent, 'kind' | 'reason'>): string {
  return event.reason ? `${event.kind}: ${event.reason}` : event.kind;
}
