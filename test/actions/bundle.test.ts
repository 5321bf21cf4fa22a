import { describe, expect, test } from 'vitest';
import { alertmanagerBody } from '../../src/actions/body/alertmanager.ts';
import { slackBody } from '../../src/actions/body/slack.ts';
import { compose } from '../../src/actions/mail/compose.ts';
import { together } from '../../src/core/telling/together.ts';
import type { AlertEvent } from '../../src/core/types.ts';
import { alertEvent, HOSTILE } from './event.ts';

const bundle = (events: readonly AlertEvent[], storm = false): AlertEvent =>
  together({ id: 'b1', kind: 'fired', events, storm, uptime: 5_000_000 });

const nginx = alertEvent();
const mysql = alertEvent({
  alert: 'db/mysql',
  id: 'db/mysql/fired',
  rule: 'db-leaks',
  severity: 'warning',
  labels: { team: 'db' },
  message: `mysql leaks ${HOSTILE}`,
  target: { key: 'mysql', name: 'mysql', unit: 'mysql.service' },
});
const over = alertEvent({
  ...{ alert: 'web/php', id: 'web/php/resolved', kind: 'resolved', reason: 'exited', message: 'php holds 700 MiB' },
  target: { key: 'php', name: 'php' },
});

describe('a mail about several alerts', () => {
  test('says in its subject what and where, and lists them, the worst first', () => {
    const { subject, text, html } = compose(bundle([mysql, over, nginx]), '1.2.3');
    expect(subject).toBe('[critical] 2 firing, 1 resolved, of 2 rules: nginx, mysql, php (web1.example.org)');
    const lines = text.split('\n');
    expect(lines.slice(2, 5)).toEqual([
      '  critical web-over-budget: nginx holds 612 MiB of 500 MiB',
      expect.stringMatching(/^ {2}warning {2}db-leaks: mysql leaks evil/),
      '  resolved web-over-budget: php holds 700 MiB',
    ]);
    expect(html).toContain('<td>critical</td><td>web-over-budget</td>');
    expect(`${subject}${text.replaceAll('\n', '')}`).not.toMatch(/\p{Cc}/u);
    expect(html).not.toContain('<script>');
  });

  test('names the rule in its subject when it is one, and counts what it does not list', () => {
    const many = Array.from({ length: 70 }, (_, index) =>
      alertEvent({ target: { key: `t${index}`, name: `t${index}` } }),
    );
    const { subject, text } = compose(bundle(many, true), '1.2.3');
    expect(subject).toMatch(
      /^\[critical\] web-over-budget: 70 targets at once \(70 firing\), told as one .*: t0, t1, t2, t3, t4 and 65 more/,
    );
    expect(text).toContain('and 20 more');
  });

  test('threads by its bundle', () => {
    const first = compose(bundle([nginx]), '1');
    const next = compose(together({ id: 'b1', kind: 'resolved', events: [over], storm: false, uptime: 1 }), '1');
    expect(next.references).toBe(first.references);
    expect(next.messageId).not.toBe(first.messageId);
  });
});

test("Alertmanager's body holds all of them, and what they have in common", () => {
  const body = JSON.parse(alertmanagerBody(bundle([nginx, mysql, over])));
  expect(body).toMatchObject({ status: 'firing', truncatedAlerts: 0, groupLabels: {} });
  expect(
    body.alerts.map(({ status, labels }: { status: string; labels: { target: string } }) => [status, labels.target]),
  ).toEqual([
    ['firing', 'nginx'],
    ['firing', 'mysql'],
    ['resolved', 'php'],
  ]);
  expect(body.commonLabels).toEqual({ instance: 'web1.example.org', by: 'name' });
  expect(new Set(body.alerts.map(({ fingerprint }: { fingerprint: string }) => fingerprint)).size).toBe(3);
});

test('a chat message lists them, and calls nobody', () => {
  const body = JSON.parse(slackBody(bundle([nginx, mysql])));
  expect(body.text).toBe('*[critical]\u200b 2 firing, of 2 rules: nginx, mysql*');
  expect(body.attachments[0].fields.slice(0, 2)).toMatchObject([
    { title: 'critical web-over-budget', value: 'nginx holds 612 MiB of 500 MiB' },
    { title: 'warning db-leaks' },
  ]);
  expect(JSON.stringify(body)).not.toContain('<script>');
});
