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

/** So many alerts of a bundle are shown: the worst ones. */
const MOST_PICTURES = 4;

/** RFC 5322 allows 998 characters a line; people read fewer. */
const LONGEST_SUBJECT = 200;

/** Writes the mail about an event. @param subject replaces the usual one. */
export function compose(event: AlertEvent, version: string, subject?: string): Content {
  const root = messageId(event, `alert ${event.alert}`);
  const pictures = picturesOf(event);
  return {
    subject: clip(escapeControls(subject ?? `${headline(event)} (${event.host})`), LONGEST_SUBJECT),
    text: textBody(event, version),
    html: htmlBody(event, version, pictures),
    attachments: pictures.map(({ attachment }) => attachment),
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

/** A picture, and what stands beside it. */
interface Picture {
  readonly attachment: InlinePicture;
  /** What it shows, for those who don't see it. */
  readonly text: string;
  /** Whom it is about, where the mail is about several. */
  readonly caption?: string;
}

/** The last hours, of each of the worst alerts in a message about several. */
function picturesOf({ bundle, ...event }: AlertEvent): Picture[] {
  if (bundle === undefined) return pictureOf(event);
  return bundle.alerts
    .flatMap((one) => pictureOf(one).map((picture) => ({ ...picture, caption: headline(one) })))
    .slice(0, MOST_PICTURES);
}

/** None where too little is known of it. */
function pictureOf(event: AlertEvent): Picture[] {
  const { curve, limit, unit } = event;
  if (curve === undefined) return [];
  const cid = messageId(event, `curve ${event.id}`).slice(1, -1);
  const content = drawPlot(curve, curve.of === undefined && curve.unit === unit ? limit : undefined);
  const file = { filename: 'trend.png', contentType: 'image/png', contentDisposition: 'inline' } as const;
  return [{ attachment: { ...file, cid, content }, text: trendText(curve) }];
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

function htmlBody(event: AlertEvent, version: string, pictures: readonly Picture[]): string {
  const facts = eventFacts(event).map(
    ([label, text]) => `<tr><th align="left">${escapeHtml(label)}</th><td>${escapeHtml(text)}</td></tr>`,
  );
  const alerts = alertRows(event).map(
    ([word = '', rule = '', message = '']) =>
      `<tr><td>${word}</td><td>${escapeHtml(rule)}</td><td>${escapeHtml(message)}</td></tr>`,
  );
  const processes = htmlProcesses(event);
  const table = (content: readonly string[]): string => `<table cellpadding="4">\n${content.join('\n')}\n</table>`;
  return [
    '<!DOCTYPE html><html><head><meta name="color-scheme" content="light dark"></head>',
    `<body><h3>${escapeHtml(headline(event))}</h3>`,
    ...(alerts.length > 0 ? [table(alerts)] : []),
    ...pictures.map(imageOf),
    table(facts),
    ...(processes.length > 0 ? [table(processes)] : []),
    `<p><small>${escapeHtml(signature(event, version))}</small></p></body></html>`,
  ].join('\n');
}

/** Rows of a table, its headings first; when a size was read stands there only where one is from before. */
function htmlProcesses(event: AlertEvent): string[] {
  const rows = processRows(event);
  if (rows.length === 0) return [];
  const dated = rows.some(([, , , read = '']) => read !== '');
  const heading = `<tr><th>PID</th><th>PSS</th><th align="left">Name</th>${dated ? '<th align="left">Read</th>' : ''}</tr>`;
  const lines = rows.map(([pid = '', name = '', pss = '', read = '']) => {
    const cells = `<td align="right">${pid}</td><td align="right">${escapeHtml(pss)}</td><td>${escapeHtml(name)}</td>`;
    return `<tr>${cells}${dated ? `<td>${read}</td>` : ''}</tr>`;
  });
  return [heading, ...lines];
}

function imageOf({ attachment: { cid }, text, caption }: Picture): string {
  const { width, height } = PLOT_SIZE;
  const title = caption === undefined ? '' : `${escapeHtml(caption)}<br>`;
  return `<p>${title}<img src="cid:${cid}" width="${width}" height="${height}" style="max-width:100%;height:auto" alt="${escapeHtml(text)}"></p>`;
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
