import { describeDelivery } from '../../core/delivery.ts';
import { escapeControls, jsonLine } from '../../core/escape.ts';
import { heartbeatOf, type RulesState } from '../../core/heartbeat.ts';
import { describeDeliveries } from '../../core/outbox/standing.ts';
import type { AlertEvent, Delivery, Notice, Severity, Snapshot } from '../../core/types.ts';
import { formatCount, formatDuration } from '../../core/units.ts';
import { describeCost, describeCoverage, describeHoldings, describeUnread } from './figures.ts';

/** One line to be written: for people, as data, and how much it matters. */
export interface Line {
  /** syslog priority: 2 critical, 3 error, 4 warning, 5 notice, 6 info, 7 debug (sd-daemon(3)). */
  readonly priority: number;
  readonly time: number;
  /** Not yet escaped. */
  readonly text: string;
  readonly data: unknown;
}

const PRIORITY: Readonly<Record<Severity, number>> = { critical: 2, warning: 4, info: 6 };

/** `fired warning web-memory: nginx: pss 600 MiB is above 500 MiB`. */
export function eventLine(event: AlertEvent): Line {
  const { kind, severity, rule, reason, message, mode, time } = event;
  const over = kind === 'resolved' || kind === 'cancelled';
  const how = over ? `${reason ?? 'cleared'} after ${formatDuration(time - event.since)}` : severity;
  const note = mode === 'active' ? '' : ` [${mode}]`;
  const priority = kind === 'pending' || kind === 'cancelled' ? 7 : over ? 5 : PRIORITY[severity];
  const evidence = event.evidence ? ` (evidence: ${event.evidence.join(' ')})` : '';
  return { priority, time, text: `${kind} ${how} ${rule}: ${message}${note}${evidence}`, data: event };
}

/** `notice rules-loaded: 12 rules from /etc/psstop/rules.d`. */
export function noticeLine(notice: Notice): Line {
  const priority = PRIORITY[notice.severity];
  return { priority, time: notice.time, text: `notice ${notice.kind}: ${notice.message}`, data: notice };
}

/** `failed mail web-memory: nginx: 550 no such user, given up after 3 attempts`. */
export function deliveryLine(delivery: Delivery): Line {
  const priority = { failed: 3, skipped: 5, done: 5 }[delivery.outcome];
  return { priority, time: delivery.time, text: describeDelivery(delivery), data: delivery };
}

/** `alive 312 processes, PSS 1.46 GiB, 93.4 % covered (12 denied), 1 firing, 2 undecided, 14 read in 12ms (CPU 9ms, longest 3ms)`. */
export function heartbeatLine(snapshot: Snapshot, state: RulesState): Line {
  const data = heartbeatOf(snapshot, state);
  const { time, cost, unread, firing, undecided } = data;
  const missing = describeUnread(unread);
  const sent = data.deliveries ? describeDeliveries(data.deliveries, formatDuration) : '';
  const text = [
    `alive ${formatCount(data.processes, 'process')}`,
    describeHoldings(data.pss, data.pssFrom),
    `${describeCoverage(data.coverage)}${missing === '' ? '' : ` (${missing})`}`,
    `${firing} firing`,
    ...(undecided > 0 ? [`${undecided} undecided`] : []),
    ...(sent === '' ? [] : [`messages: ${sent}`]),
    `${cost.exact} read in ${formatDuration(cost.wall)} (${describeCost(cost)})`,
  ].join(', ');
  return { priority: 6, time, text, data };
}

/** Lines that were not written. */
export interface Missing {
  readonly lines: number;
  readonly why: string;
}

/** `notice sink-failed: 12 lines are missing here: ENOSPC: no space left on device, write`. @param time Unix ms. */
export function missingLine(missing: Missing, time: number): Line {
  const { lines, why } = missing;
  const message = `${lines} ${lines === 1 ? 'line is' : 'lines are'} missing here: ${why}`;
  return noticeLine({ type: 'notice', kind: 'sink-failed', severity: 'warning', time, message, details: missing });
}

/** How lines are written. */
export interface LineStyle {
  readonly format: 'text' | 'ndjson';
  /** Puts journald's `<N>` in front and leaves out the time, which the journal knows. */
  readonly priority: boolean;
}

/** Sets a line, with its end. Nothing in it can begin another line or move a cursor. */
export function formatLine(line: Line, { format, priority }: LineStyle): string {
  const prefix = priority ? `<${line.priority}>` : '';
  if (format === 'ndjson') return `${prefix}${jsonLine(line.data)}\n`;
  const time = priority ? '' : `${new Date(line.time).toISOString()} `;
  return `${prefix}${time}${escapeControls(line.text)}\n`;
}
