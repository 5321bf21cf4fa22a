import { sparkline, valuesOf } from '../../core/curve.ts';
import { formatFigure, formatKind } from '../../core/message.ts';
import type { AlertEvent, Curve } from '../../core/types.ts';
import { formatAge, formatDuration, formatSize, formatValue } from '../../core/units.ts';
import { localTime } from '../record/line.ts';

/** What there is to know about an event, as label and text. Written by strangers in part: whoever shows it escapes it. */
export function eventFacts(event: AlertEvent): (readonly [label: string, text: string])[] {
  if (event.bundle) return bundleFacts(event);
  const { target } = event;
  const facts: (readonly [string, string | undefined])[] = [
    ['What', formatKind(event)],
    ['Why', event.because],
    ['Value', formatFigure(event)],
    ['Limit', formatValue(event.limit, event.unit)],
    ['Rule', event.summary ? `${event.rule} (${event.summary})` : event.rule],
    ['Target', target.count > 1 ? `${target.name} (${target.count} processes)` : target.name],
    ['Unit', target.unit],
    ['Container', target.container],
    ['User', target.user],
    ['Executable', target.exe],
    ['Host', event.host],
    ['Since', sinceText(event)],
    ['Trend', event.curve && trendText(event.curve)],
    ['Labels', labelText(event.labels)],
    ['Evidence', event.evidence?.join(', ')],
  ];
  return facts.flatMap(([label, text]) => (text ? [[label, text] as const] : []));
}

/** What a bundle has in common; its alerts stand in `alertRows`. */
function bundleFacts(event: AlertEvent): (readonly [label: string, text: string])[] {
  const facts: (readonly [string, string])[] = [
    ['What', formatKind(event)],
    ['Unit', event.target.unit ?? ''],
    ['Host', event.host],
    ['Since', sinceText(event)],
    ['Labels', labelText(event.labels)],
    ['Evidence', (event.bundle?.alerts ?? []).flatMap(({ evidence = [] }) => evidence).join(', ')],
  ];
  return facts.filter(([, text]) => text !== '');
}

/** The alerts of a bundle, the worst first, as rows: what it is now, its rule, and what it says. The last one counts those that are left out. */
export function alertRows({ bundle }: AlertEvent): string[][] {
  if (bundle === undefined) return [];
  const rows = bundle.alerts.map((event) => [isOver(event) ? 'resolved' : event.severity, event.rule, event.message]);
  const left = bundle.count - rows.length;
  return left > 0 ? [...rows, ['', '', `and ${left} more`]] : rows;
}

/** `[critical] web-over-budget: nginx holds 612 MiB`; what does not fire (any more) says that, and why, in place of the severity. Not escaped. */
export function headline(event: AlertEvent): string {
  const { bundle, kind, reason } = event;
  // That somebody is gone says more than what he held when he was seen last.
  const end = reason === undefined || reason === 'cleared' || bundle ? kind : formatKind(event);
  const word = kind === 'fired' || kind === 'reminded' ? event.severity : end;
  const several = bundle?.alerts.some(({ rule }) => rule !== event.rule);
  return `[${word}] ${several ? '' : `${event.rule}: `}${event.message}`;
}

/** Whether the event says that there is nothing to worry about any more. */
export function isOver({ kind }: AlertEvent): boolean {
  return kind === 'resolved' || kind === 'cancelled';
}

/** The processes of a target, the biggest first, as rows: pid, name, PSS and, where it was not read for this event, how long ago. */
export function processRows(event: AlertEvent): string[][] {
  return event.target.processes.map(({ pid, name, pss, age }) => [
    String(pid),
    name,
    pss === undefined ? '' : formatSize(pss),
    age === undefined ? '' : `${formatAge(age)} ago`,
  ]);
}

/** So many bars are shown of a curve. */
const BARS = 24;

/** `▁▂▃▅▇ pss from 98.0 MiB to 612 MiB in 3h`. */
export function trendText(curve: Curve): string {
  const values = valuesOf(curve);
  const known = values.filter((value) => !Number.isNaN(value));
  const bars = Array.from({ length: Math.min(BARS, values.length) }, (_, index) => {
    const end = Math.floor(((index + 1) * values.length) / Math.min(BARS, values.length));
    return values[end - 1] ?? Number.NaN;
  });
  const [first, last] = [known[0] ?? 0, known.at(-1) ?? 0].map((value) => formatValue(value, curve.unit));
  const time = formatDuration(curve.every * (values.length - 1));
  return `${sparkline(bars)} ${curve.of === undefined ? '' : `${curve.of} `}from ${first} to ${last} in ${time}`;
}

function sinceText({ since, time }: AlertEvent): string {
  return time > since ? `${localTime(since)} (${formatDuration(time - since)} ago)` : localTime(since);
}

function labelText(labels: AlertEvent['labels']): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}
