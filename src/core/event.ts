import { curveOf } from './curve.ts';
import { fingerprint } from './fingerprint.ts';
import type { Target } from './target.ts';
import type {
  AlertEvent,
  AlertKind,
  AlertState,
  EventProcess,
  EventTarget,
  ProcessInfo,
  ProcessSample,
  ResolveReason,
  Snapshot,
} from './types.ts';

/** How many of a target's processes an event names; the biggest first. */
const NAMED_PROCESSES = 50;

/** Writes down what happened to an alert, as plain data that stands on its own. @param occasion with a target of the same processes whose history can be shown; `bootedSince`: what was before can't be dated. */
export function alertEvent(
  target: Target,
  occasion: {
    kind: AlertKind;
    alert: AlertState;
    reason?: ResolveReason;
    twin?: Target | undefined;
    bootedSince?: boolean;
  },
  snapshot: Snapshot,
): AlertEvent {
  const { rule, verdict } = target;
  const { kind, alert, reason, twin, bootedSince } = occasion;
  const { id } = alert;
  const facts = {
    type: 'alert',
    alert: id,
    id: `${id}-${kind}-${Math.round(snapshot.uptime).toString(36)}`,
    kind,
    ...(reason && { reason }),
    rule: rule.name,
    ...(rule.summary && { summary: rule.summary }),
    severity: rule.severity,
    labels: rule.labels,
    mode: rule.mode,
    host: snapshot.host,
    target: eventTarget(target, snapshot.uptime),
    value: verdict?.value ?? 0,
    ...(verdict?.rough && { rough: true }),
    limit: verdict?.fires ?? verdict?.limit ?? 0,
    ...(verdict?.fires !== undefined && { ends: verdict.limit }),
    unit: verdict?.unit ?? 'count',
    because: verdict?.because() ?? 'nothing could be read',
    time: snapshot.time,
    since: alert.fired || alert.begun,
    uptime: snapshot.uptime,
  } as const;
  const isDrawn = kind !== 'pending' && kind !== 'cancelled' && bootedSince !== true;
  const curve = isDrawn ? curveOf(target, { twin, snapshot }) : undefined;
  return { ...facts, message: rule.message(facts), ...(curve && { curve }) };
}

/** True where an alert ended because its rule did, or became another: it is told by the actions that the old rule had, and at once. */
export function endsWithRule({ reason }: Pick<AlertEvent, 'reason'>): boolean {
  return reason === 'rule removed' || reason === 'rule changed';
}

/** The name of an alert that begins: no other will ever have it. @param begun when its condition began to hold, Unix ms. */
export function nameAlert({ rule, key, snapshot }: Target, begun: number): string {
  return fingerprint([snapshot.host, snapshot.boot, rule.key, key, begun].join('\n'));
}

function eventTarget({ rule, key, name, members }: Target, uptime: number): EventTarget {
  const biggest = [...members].sort((a, b) => size(b) - size(a)).slice(0, NAMED_PROCESSES);
  return {
    key,
    by: rule.by,
    name,
    ...common(members, 'unit'),
    ...common(members, 'container'),
    ...common(members, 'user'),
    ...common(members, 'exe'),
    count: members.length,
    processes: biggest.map((sample) => eventProcess(sample, uptime)),
  };
}

function eventProcess({ process, exact, last }: ProcessSample, uptime: number): EventProcess {
  const { pid, start, name } = process;
  if (exact !== undefined) return { pid, start, name, pss: exact.pss };
  return { pid, start, name, ...(last && { pss: last.pss, age: uptime - last.at }) };
}

/** What all members have in common: an action may only rely on what holds for each of them. */
function common<K extends 'unit' | 'container' | 'user' | 'exe'>(
  members: readonly ProcessSample[],
  key: K,
): Partial<Pick<ProcessInfo, K>> {
  const value = members[0]?.process[key];
  const shared = value !== undefined && members.every(({ process }) => process[key] === value);
  return shared ? ({ [key]: value } as Partial<Pick<ProcessInfo, K>>) : {};
}

function size({ exact, last, rss }: ProcessSample): number {
  return exact?.pss ?? Math.min(last?.pss ?? rss, rss);
}
