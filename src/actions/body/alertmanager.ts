import { createHash } from 'node:crypto';
import { formatFigure } from '../../core/message.ts';
import { labelName } from '../../core/metric.ts';
import type { AlertEvent } from '../../core/types.ts';
import { formatValue } from '../../core/units.ts';
import { isOver } from './facts.ts';

/** The end of an alert that has none, as Go writes it. */
const NEVER = '0001-01-01T00:00:00Z';

/**
 * The body that Alertmanager posts to its webhook receivers (version 4, prometheus.io/docs/alerting/latest/configuration,
 * webhook_config), so that whatever reads it reads us. The event itself is told by the labels and annotations.
 */
export function alertmanagerBody(event: AlertEvent): string {
  const events = event.bundle?.alerts ?? [event];
  const alerts = events.map(alertOf);
  const names = new Set(events.map(({ rule }) => rule));
  const group = names.size === 1 ? { alertname: event.rule } : {};
  return JSON.stringify({
    version: '4',
    groupKey: `{}:{${Object.entries(group).map(([name, value]) => `${name}=${JSON.stringify(value)}`)}}`,
    truncatedAlerts: (event.bundle?.count ?? 1) - alerts.length,
    status: isOver(event) ? 'resolved' : 'firing',
    receiver: 'psstop',
    groupLabels: group,
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    externalURL: '',
    alerts,
  });
}

function alertOf(event: AlertEvent) {
  const status = isOver(event) ? 'resolved' : 'firing';
  const labels = alertLabels(event);
  return {
    status,
    labels,
    annotations: alertAnnotations(event),
    startsAt: new Date(event.since).toISOString(),
    endsAt: status === 'resolved' ? new Date(event.time).toISOString() : NEVER,
    generatorURL: '',
    fingerprint: createHash('sha256')
      .update(JSON.stringify(Object.entries(labels).sort()))
      .digest('hex')
      .slice(0, 16),
  };
}

/** What all of them have in common. */
function common(records: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const [first = {}, ...others] = records;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((other) => other[name] === value)),
  );
}

/** What makes the alert the one it is: the same from firing to resolved. The user's own labels can't hide ours. */
export function alertLabels(event: AlertEvent): Record<string, string> {
  const { target } = event;
  const own = Object.entries(event.labels).map(([name, value]) => [labelName(name), value]);
  return {
    ...Object.fromEntries(own),
    alertname: event.rule,
    severity: event.severity,
    instance: event.host,
    target: target.name,
    by: target.by,
  };
}

/** What is said about it; it may change while it fires. */
export function alertAnnotations(event: AlertEvent): Record<string, string> {
  return {
    summary: event.message,
    description: event.because,
    value: formatFigure(event),
    limit: formatValue(event.limit, event.unit),
    ...(event.reason && { reason: event.reason }),
    ...(event.target.unit && { unit: event.target.unit }),
    ...(event.evidence && { evidence: event.evidence.join(' ') }),
  };
}
