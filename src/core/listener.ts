import { fingerprint } from './fingerprint.ts';
import { isAtLeast } from './severity.ts';
import type { AlertEvent, Notice, Rule, Severity } from './types.ts';

/** Who is told of what happens to psstop itself. */
export interface Listener {
  /** Absent: all kinds. */
  readonly kinds?: ReadonlySet<Notice['kind']>;
  readonly atLeast: Severity;
  /** Carries the steps, and the name under which deliveries are recorded. It judges nothing. */
  readonly rule: Rule;
}

/** Whether a listener is to be told of a notice. */
export function concerns({ kinds, atLeast }: Listener, { kind, severity }: Notice): boolean {
  return (kinds?.has(kind) ?? true) && isAtLeast(severity, atLeast);
}

/** Where and when a notice was heard, and how many before it were not told. */
export interface Hearing {
  readonly host: string;
  /** ms since boot. */
  readonly uptime: number;
  readonly untold: number;
}

/** A notice as an event, for actions: it has fired, about psstop itself, with the kind of notice as a label. */
export function noticeEvent(notice: Notice, { rule }: Listener, { host, uptime, untold }: Hearing): AlertEvent {
  const { kind, severity, time } = notice;
  const alert = fingerprint([host, rule.name, kind, time, notice.message].join('\n'));
  const message = untold === 0 ? notice.message : `${notice.message} (${untold} more before this were not told)`;
  return {
    type: 'alert',
    alert,
    id: `${alert}-fired`,
    kind: 'fired',
    rule: rule.name,
    severity,
    labels: { notice: kind },
    mode: 'active',
    host,
    target: { key: kind, by: 'host', name: 'psstop', count: 0, processes: [] },
    value: 1,
    limit: 1,
    unit: 'count',
    because: message,
    message,
    time,
    since: time,
    uptime,
  };
}

/** Its end, for those who keep it up until they hear of one. */
export function endOf(event: AlertEvent, time: number): AlertEvent {
  return { ...event, id: `${event.alert}-resolved`, kind: 'resolved', reason: 'cleared', time };
}
