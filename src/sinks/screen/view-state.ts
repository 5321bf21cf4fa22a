import { describeDelivery, isOfNote } from '../../core/delivery.ts';
import { type ListBy, type Listing, type ListRow, list } from '../../core/list.ts';
import type { ActiveAlert, AlertEvent, Delivery, Event, Snapshot, Undecided } from '../../core/types.ts';
import { eventLine, noticeLine } from '../text/event-lines.ts';
import { advanceTo, newTrend, note, type Trend } from './trend.ts';

/** Something that happened, as one line; `level` says how it is coloured. */
export interface Happening {
  readonly time: number;
  /** Not escaped. */
  readonly text: string;
  readonly level: 'alarm' | 'warning' | 'good' | 'plain';
}

/** What is known of the rules. */
export interface RulesView {
  /** How many watch, where that is known. */
  readonly rules?: number | undefined;
  /** What they could not decide in the last snapshot. */
  readonly undecided: readonly Undecided[];
  /** What is pending or firing, also where it began in an earlier run of which no event is seen; absent: only events tell. */
  readonly active?: readonly ActiveAlert[];
}

/** What is shown of an alert. */
export type ShownAlert = Pick<AlertEvent, 'alert' | 'kind' | 'severity' | 'since' | 'rule'> & {
  readonly target: Pick<AlertEvent['target'], 'name'> & Partial<Pick<AlertEvent['target'], 'processes'>>;
  /** What was found; absent where nothing is known of it. */
  readonly found?: ActiveAlert['found'];
};

/** Everything the live view shows. */
export interface ViewState extends RulesView {
  readonly snapshot: Snapshot;
  readonly listing: Listing;
  readonly trends: ReadonlyMap<string, Trend>;
  /** Each that is pending or firing, as its latest event tells it. */
  readonly alerts: readonly ShownAlert[];
  /** Oldest first. */
  readonly happenings: readonly Happening[];
}

/** Rows whose history is kept: no screen is much taller. */
const MOST_ROWS = 200;
const MOST_HAPPENINGS = 50;
const MOST_ALERTS = 1000;

/** Follows what flows by, within bounds, and hands out what there is to show. */
export interface Follower {
  snapshot(snapshot: Snapshot): void;
  event(event: Event): void;
  delivery(delivery: Delivery): void;
  group(by: ListBy): void;
  /** Undefined before the first snapshot. */
  state(rules?: RulesView): ViewState | undefined;
}

/** Begins to follow. */
export function follow(by: ListBy = 'process'): Follower {
  const happenings: Happening[] = [];
  const alerts = new Map<string, AlertEvent>();
  let trends: Map<string, Trend> = new Map();
  let grouping = by;
  let seen: { readonly snapshot: Snapshot; readonly listing: Listing } | undefined;
  const happened = (happening: Happening | undefined): void => {
    if (happening) happenings.push(happening);
    if (happenings.length > MOST_HAPPENINGS) happenings.shift();
  };
  const see = (snapshot: Snapshot): void => {
    const listing = list(snapshot, { by: grouping, sort: 'known', top: MOST_ROWS });
    trends = moveOn(trends, listing, snapshot.uptime);
    seen = { snapshot, listing };
  };
  return {
    snapshot: see,
    event(event): void {
      if (event.type === 'alert' && event.mode === 'shadow') return;
      if (event.type === 'alert') track(alerts, event);
      happened(ofEvent(event));
    },
    delivery: (delivery) => happened(ofDelivery(delivery)),
    group(next): void {
      grouping = next;
      trends = new Map();
      if (seen) see(seen.snapshot);
    },
    state: (rules = { undecided: [] }) =>
      seen && { ...seen, ...rules, trends, alerts: sorted(shownOf(alerts, rules.active)), happenings },
  };
}

/** What identifies a row over time. */
export function rowKey(row: ListRow, by: ListBy): string {
  return by === 'process' ? `${row.pid}:${row.samples[0]?.process.start}` : row.key;
}

/** Keeps the trends of the rows that are still there, begins those of new ones, forgets all others. */
function moveOn(trends: Map<string, Trend>, { rows, by }: Listing, uptime: number): Map<string, Trend> {
  const kept = new Map<string, Trend>();
  for (const row of rows) {
    const key = rowKey(row, by);
    const trend = trends.get(key) ?? newTrend(uptime);
    advanceTo(trend, uptime);
    noteReading(trend, row, uptime);
    kept.set(key, trend);
  }
  return kept;
}

/** A trend is made of readings, each at its own time; of a group it is the sum of the last ones, whenever one of them is new. */
function noteReading(trend: Trend, row: ListRow, uptime: number): void {
  const [sample, second] = row.samples;
  const reading = sample?.exact ?? sample?.last;
  if (second === undefined && reading !== undefined) note(trend, reading.at, reading.pss);
  else if (row.unknown === 0 && row.unread < row.samples.length) note(trend, uptime, row.known);
}

function track(alerts: Map<string, AlertEvent>, event: AlertEvent): void {
  if (event.kind === 'resolved' || event.kind === 'cancelled') alerts.delete(event.alert);
  else if (alerts.has(event.alert) || alerts.size < MOST_ALERTS) alerts.set(event.alert, event);
}

const URGENCY = { critical: 0, warning: 1, info: 2 } as const;

/** Those that events told of, and those that began before there was anybody to hear of them. */
function shownOf(alerts: ReadonlyMap<string, AlertEvent>, active: readonly ActiveAlert[] = []): ShownAlert[] {
  const told = [...alerts.values()].map((event): ShownAlert => ({ ...event, found: event }));
  const others = active.filter(({ alert }) => !alerts.has(alert)).slice(0, MOST_ALERTS);
  const before = others.map(({ alert, firing, severity, since, rule, target, found }): ShownAlert => {
    const kind = firing ? 'fired' : 'pending';
    return { alert, kind, severity, since, rule, target: { name: target }, ...(found && { found }) };
  });
  return [...told, ...before];
}

/** Firing before pending, the graver first, then the older. */
function sorted(alerts: ShownAlert[]): ShownAlert[] {
  const rank = (shown: ShownAlert): number => (shown.kind === 'pending' ? 10 : 0) + URGENCY[shown.severity];
  return alerts.sort((a, b) => rank(a) - rank(b) || a.since - b.since);
}

function ofEvent(event: Event): Happening {
  const line = event.type === 'alert' ? eventLine(event) : noticeLine(event);
  const over = event.type === 'alert' && (event.kind === 'resolved' || event.kind === 'cancelled');
  const level = over ? 'good' : line.priority <= 3 ? 'alarm' : line.priority <= 4 ? 'warning' : 'plain';
  return { time: event.time, text: line.text, level };
}

function ofDelivery(delivery: Delivery): Happening | undefined {
  const { outcome, time } = delivery;
  if (outcome !== 'done' && !isOfNote(delivery)) return undefined;
  return { time, text: describeDelivery(delivery), level: outcome === 'failed' ? 'warning' : 'plain' };
}
