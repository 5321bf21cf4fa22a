import { fingerprint } from '../fingerprint.ts';
import type { AlertEvent, AlertKind, EventTarget, Severity } from '../types.ts';

/** So many alerts stand in one message; the others are counted. */
const LISTED = 50;
/** So many are named in its subject. */
const NAMED = 3;
const STORM_NAMED = 5;

const RANK: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };

/** What is to be told together, and as what. */
export interface Gathered {
  /** Identity of the bundle, over all messages about it. */
  readonly id: string;
  readonly kind: AlertKind;
  /** At least one: the last event of each alert. */
  readonly events: readonly AlertEvent[];
  readonly storm: boolean;
  /** Uptime of the message, ms. */
  readonly uptime: number;
}

/** Writes the event that speaks for several: it is the worst of them, with what all have in common, and lists them. */
export function together({ id, kind, events, storm, uptime }: Gathered): AlertEvent {
  const sorted = [...events].sort(worstFirst);
  const [lead] = sorted;
  if (lead === undefined) throw new Error('a bundle of nothing');
  const firing = events.filter((event) => !isOver(event)).length;
  const { reason: _reason, summary: _summary, ...facts } = lead;
  const rules = [...new Set(sorted.map(({ rule }) => rule))];
  const message = describe(sorted, { rules, storm, firing });
  return {
    ...facts,
    ...(kind === 'resolved' && { reason: lead.reason ?? 'cleared' }),
    alert: id,
    id: `${id}-${kind}-${Math.round(uptime).toString(36)}`,
    kind,
    labels: commonLabels(events),
    target: targetOf(sorted),
    message,
    because: message,
    time: Math.max(...events.map(({ time }) => time)),
    since: Math.min(...events.map(({ since }) => since)),
    uptime,
    bundle: { alerts: sorted.slice(0, LISTED), count: events.length, firing, ...(storm && { storm: true }) },
  };
}

/** A name for a bundle that begins now. @param key what its alerts have in common. */
export function bundleId(key: string, { host, time }: Pick<AlertEvent, 'host' | 'time'>): string {
  return fingerprint([host, key, time].join('\n'));
}

function isOver({ kind }: AlertEvent): boolean {
  return kind === 'resolved' || kind === 'cancelled';
}

function worstFirst(a: AlertEvent, b: AlertEvent): number {
  return Number(isOver(a)) - Number(isOver(b)) || RANK[a.severity] - RANK[b.severity] || a.since - b.since;
}

function describe(
  events: readonly AlertEvent[],
  { rules, storm, firing }: { rules: readonly string[]; storm: boolean; firing: number },
): string {
  const over = events.length - firing;
  const counts = [...(firing > 0 ? [`${firing} firing`] : []), ...(over > 0 ? [`${over} resolved`] : [])].join(', ');
  const names = namesOf(events, storm ? STORM_NAMED : NAMED);
  if (storm) return `${events.length} targets at once (${counts}), told as one and not acted upon: ${names}`;
  return rules.length === 1 ? `${counts}: ${names}` : `${counts}, of ${rules.length} rules: ${names}`;
}

function namesOf(events: readonly AlertEvent[], most: number): string {
  const names = events.slice(0, most).map(({ target }) => target.name);
  const more = events.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}

function targetOf(events: readonly AlertEvent[]): EventTarget {
  const [first] = events;
  const common = <K extends 'unit' | 'container' | 'user' | 'exe'>(key: K): Partial<Pick<EventTarget, K>> => {
    const value = first?.target[key];
    const shared = value !== undefined && events.every(({ target }) => target[key] === value);
    return shared ? ({ [key]: value } as Partial<Pick<EventTarget, K>>) : {};
  };
  return {
    key: events
      .map(({ target }) => target.key)
      .slice(0, LISTED)
      .join(' '),
    by: first?.target.by ?? 'name',
    name: namesOf(events, NAMED),
    ...common('unit'),
    ...common('container'),
    ...common('user'),
    ...common('exe'),
    count: events.reduce((sum, { target }) => sum + target.count, 0),
    processes: [],
  };
}

function commonLabels(events: readonly AlertEvent[]): Record<string, string> {
  const entries = Object.entries(events[0]?.labels ?? {});
  return Object.fromEntries(entries.filter(([name, value]) => events.every(({ labels }) => labels[name] === value)));
}
