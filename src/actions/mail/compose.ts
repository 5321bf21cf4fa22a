import { createHash } from 'node:crypto';
import { clip, escapeControls } from '../../core/escape.ts';
import type { AlertEvent } from '../../core/types.ts';
import { alertRows, eventFacts, headline, processRows, trendText } from '../body/facts.ts';
import { drawPlot, PLOT_SIZE } from './plot.ts';

/** What a mail says, without its addresses. */
export interface Content {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The same over all attempts, so that a mail that was sent twice can be told by it. */
  readonly messageId: string;
  /** A message that was never sent: the root under which mail programs gather all mails of an alert. */
  readonly references: string;
  readonly inReplyTo: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Pictures that the HTML part shows. */
  readonly attachments: InlinePicture[];
}

/** A picture inside a mail, as nodemailer takes it. */
export interface InlinePicture {
  readonly filename: string;
  readonly contentType: 'image/png';
  readonly contentDisposition: 'inline';
  /** Its name for the HTML part: `cid:…` (RFC 2392). */
  readonly cid: string;
  readonly content: Buffer;
}

/** RFC 5322 allows 998 characters a line; people read fewer. */
const LONGEST_SUBJECT = 200;

/** Writes the mail about an event. @param subject replaces the usual one. */
export function compose(event: AlertEvent, version: string, subject?: string): Content {
  const root = messageId(event, `alert ${event.alert}`);
  const picture = pictureOf(event);
  return {
    subject: clip(escapeControls(subject ?? `${headline(event)} (${event.host})`), LONGEST_SUBJECT),
    text: textBody(event, version),
    html: htmlBody(event, version, picture),
    attachments: picture ? [picture] : [],
    messageId: messageId(event, `event ${event.id}`),
    references: root,
    inReplyTo: root,
    headers: {
      // RFC 3834: nobody's absence note shall answer this.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'X-Psstop-Event': escapeControls(event.id),
      'X-Psstop-Alert': escapeControls(event.alert),
      'X-Psstop-Kind': event.kind,
      'X-Psstop-Rule': escapeControls(event.rule),
      'X-Psstop-Severity': event.severity,
      'X-Psstop-Host': escapeControls(event.host),
    },
  };
}

function messageId(event: AlertEvent, what: string): string {
  const domain = event.host.replace(/[^A-Za-z0-9.-]/g, '-').replace(/^[.-]+|[.-]+$/g, '') || 'localhost';
  return `<psstop.${createHash('sha256').update(what).digest('hex').slice(0, 32)}@${domain}>`;
}

/** The last hours; a message about several alerts has none. */
function pictureOf(event: AlertEvent): InlinePicture | undefined {
  const { curve, bundle, limit, unit } = event;
  if (curve === undefined || bundle !== undefined) return undefined;
  const cid = messageId(event, `curve ${event.id}`).slice(1, -1);
  const content = drawPlot(curve, curve.of === undefined && curve.unit === unit ? limit : undefined);
  return { filename: 'trend.png', contentType: 'image/png', contentDisposition: 'inline', cid, content };
}

function textBody(event: AlertEvent, version: string): string {
  const facts = eventFacts(event);
  const width = Math.max(...facts.map(([label]) => label.length)) + 2;
  const rows = processRows(event).map(
    ([pid = '', name = '', pss = '', read = '']) =>
      `${pid.padStart(8)}  ${pss.padStart(9)}  ${escapeControls(name)}${read === '' ? '' : ` (read ${read})`}`,
  );
  const alerts = alertRows(event).map(
    ([word = '', rule = '', message = '']) =>
      `  ${[word.padEnd(8), rule].join(' ').trimEnd()}${rule === '' ? ' ' : ': '}${escapeControls(message)}`,
  );
  return [
    escapeControls(headline(event)),
    '',
    ...(alerts.length > 0 ? [...alerts, ''] : []),
    ...facts.map(([label, text]) => `${`${label}:`.padEnd(width)}${escapeControls(text)}`),
    ...(rows.length > 0 ? ['', '     PID        PSS  Name', ...rows] : []),
    '',
    `-- `,
    signature(event, version),
    '',
  ].join('\n');
}

function htmlBody(event: AlertEvent, version: string, picture: InlinePicture | undefined): string {
  const facts = eventFacts(event).map(
    ([label, text]) => `<tr><th align="left">${escapeHtml(label)}</th><td>${escapeHtml(text)}</td></tr>`,
  );
  const rows = processRows(event).map(
    ([pid = '', name = '', pss = '', read = '']) =>
      `<tr><td align="right">${pid}</td><td align="right">${escapeHtml(pss)}</td><td>${escapeHtml(name)}</td><td>${read}</td></tr>`,
  );
  const alerts = alertRows(event).map(
    ([word = '', rule = '', message = '']) =>
      `<tr><td>${word}</td><td>${escapeHtml(rule)}</td><td>${escapeHtml(message)}</td></tr>`,
  );
  const table = (content: readonly string[]): string => `<table cellpadding="4">\n${content.join('\n')}\n</table>`;
  return [
    '<!DOCTYPE html><html><head><meta name="color-scheme" content="light dark"></head>',
    `<body><h3>${escapeHtml(headline(event))}</h3>`,
    ...(picture && event.curve ? [imageOf(picture, trendText(event.curve))] : []),
    ...(alerts.length > 0 ? [table(alerts)] : []),
    table(facts),
    ...(rows.length > 0 ? [table(['<tr><th>PID</th><th>PSS</th><th align="left">Name</th></tr>', ...rows])] : []),
    `<p><small>${escapeHtml(signature(event, version))}</small></p></body></html>`,
  ].join('\n');
}

function imageOf({ cid }: InlinePicture, text: string): string {
  const { width, height } = PLOT_SIZE;
  return `<p><img src="cid:${cid}" width="${width}" height="${height}" style="max-width:100%;height:auto" alt="${escapeHtml(text)}"></p>`;
}

function signature(event: AlertEvent, version: string): string {
  return `psstop ${version} on ${escapeControls(event.host)}, event ${escapeControls(event.id)}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for HTML: no tag and no invisible character of a stranger's is left. */
export function escapeHtml(text: string): string {
  return escapeControls(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
