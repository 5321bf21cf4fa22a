import { escapeControls } from '../../core/escape.ts';
import { formatKind } from '../../core/message.ts';
import type { AlertEvent } from '../../core/types.ts';

/** Writes a moment with the host's offset from UTC (RFC 3339): `2026-11-23T02:18:10.123+01:00`. @param time Unix ms. */
export function localTime(time: number): string {
  const offset = -new Date(time).getTimezoneOffset();
  const clock = new Date(time + offset * 60_000).toISOString().slice(0, -1);
  const minutes = Math.abs(offset);
  return `${clock}${offset < 0 ? '-' : '+'}${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}

/** The log line of an event: time, severity, kind, rule, target, message, and where evidence is. One line, whatever strangers called their processes. */
export function textLine(event: AlertEvent): string {
  const fields = [event.severity, formatKind(event).replace(': ', ':'), event.rule, event.target.name];
  const evidence = event.evidence ? ` (evidence: ${event.evidence.join(' ')})` : '';
  return `${localTime(event.time)} ${fields.map(field).join(' ')} ${escapeControls(event.message + evidence)}`;
}

/** The log level of an event as journald reads it at the start of a line (sd-daemon(3)): `<2>` critical, `<4>` warning, `<6>` information. */
export function priorityPrefix(event: AlertEvent): string {
  if (event.kind !== 'fired' && event.kind !== 'reminded') return '<6>';
  return { critical: '<2>', warning: '<4>', info: '<6>' }[event.severity];
}

/** A field that holds blanks, quotes or nothing stands in quotes, so that fields can be told apart. */
function field(text: string): string {
  const escaped = escapeControls(text);
  return /^[^\s"]+$/.test(escaped) ? escaped : `"${escaped.replaceAll('"', '\\"')}"`;
}

function twoDigits(count: number): string {
  return String(count).padStart(2, '0');
}
