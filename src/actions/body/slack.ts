import { escapeControls } from '../../core/escape.ts';
import type { AlertEvent } from '../../core/types.ts';
import { alertRows, eventFacts, headline, isOver } from './facts.ts';

const COLORS = { critical: '#d32f2f', warning: '#f9a825', info: '#1976d2' } as const;
const RESOLVED = '#388e3c';
/** What the text says already. */
const SAID = new Set(['What', 'Rule']);

/**
 * The body of an incoming webhook of Slack, which Mattermost and Rocket.Chat read too: a text that says it all, and an
 * attachment with the facts (api.slack.com/reference/messaging/attachments).
 */
export function slackBody(event: AlertEvent): string {
  const fields = eventFacts(event)
    .filter(([label]) => !SAID.has(label))
    .map(([title, text]) => ({ title, value: escapeMarkup(text), short: text.length < 40 }));
  const alerts = alertRows(event).map(([word = '', rule = '', message = '']) => ({
    title: [word, rule].filter(Boolean).join(' '),
    value: escapeMarkup(message),
    short: false,
  }));
  const text = escapeMarkup(headline(event));
  const color = isOver(event) ? RESOLVED : COLORS[event.severity];
  return JSON.stringify({
    text: `*${text}*`,
    attachments: [{ color, fallback: text, fields: [...alerts, ...fields] }],
  });
}

/**
 * Makes a text that strangers wrote harmless in mrkdwn: `&`, `<` and `>` as Slack asks (a `<!channel>` would call
 * everybody), and an invisible space where Mattermost would see a name to call, a link or an emphasis.
 */
export function escapeMarkup(text: string): string {
  return escapeControls(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/@|\]|`|\*/g, '$&\u200b');
}
