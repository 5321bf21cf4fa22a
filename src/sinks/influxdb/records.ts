import type { AlertEvent, Delivery, Notice } from '../../core/types.ts';
import { flag, lineOf, type Point, real, type Tags, text, whole } from './line.ts';

/** Numbers points, so that no two of the same moment are taken for one. */
export type Numbering = () => number;

/** `psstop_alert`: something happened to an alert. Its target is a field: a pid may be in it. */
export function alertLine(event: AlertEvent, labels: Tags, nth: Numbering): string {
  const { rule, severity, kind, mode, host, target, reason } = event;
  const [process] = target.processes;
  return lineOf({
    measurement: 'psstop_alert',
    tags: { ...labels, host, rule, severity, kind, mode, name: process?.name ?? target.name, unit: target.unit },
    fields: {
      ...{ alert: text(event.alert), target: text(target.name), count: whole(target.count) },
      ...{ value: real(event.value), limit: real(event.limit), unit_of: text(event.unit) },
      ...{ rough: flag(event.rough === true), since: whole(event.since), reason: text(reason) },
      ...{ message: text(event.message), because: text(event.because) },
    },
    time: event.time,
    nth: nth(),
  });
}

/** `psstop_notice`: something happened to psstop itself. */
export function noticeLine(
  { kind, severity, message, time }: Notice,
  { host, labels, nth }: { host: string; labels: Tags; nth: Numbering },
): string {
  const point: Point = {
    measurement: 'psstop_notice',
    tags: { ...labels, host, kind, severity },
    fields: { message: text(message) },
    time,
    nth: nth(),
  };
  return lineOf(point);
}

/** `psstop_delivery`: what became of handing an event to an action. */
export function deliveryLine(
  { action, outcome, kind, rule, target, attempts, took, reason, time }: Delivery,
  { host, labels, nth }: { host: string; labels: Tags; nth: Numbering },
): string {
  return lineOf({
    measurement: 'psstop_delivery',
    tags: { ...labels, host, action: action, outcome, kind, rule },
    fields: { target: text(target), attempts: whole(attempts), took_ms: real(took), reason: text(reason) },
    time,
    nth: nth(),
  });
}
