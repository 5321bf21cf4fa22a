import { expect, test } from 'vitest';
import command from '../../src/actions/command.ts';
import { compose } from '../../src/actions/mail/compose.ts';
import { textLine } from '../../src/actions/record/line.ts';
import type { Delivery } from '../../src/core/types.ts';
import { render } from '../../src/sinks/screen/render.ts';
import { follow } from '../../src/sinks/screen/view-state.ts';
import { deliveryLine, formatLine } from '../../src/sinks/text/event-lines.ts';
import { actionContext, alertEvent, calm, given } from '../actions/event.ts';
import { snapshot } from '../sinks/made-up.ts';

/** A line feed, an escape sequence and a backslash; and how they are shown, anywhere. */
const WRITTEN = 'one\ntwo\x1b[2Jthree\\four';
const SHOWN = 'one\\ntwo\\x1b[2Jthree\\\\four';

/** What a program wrote, as the action that ran it says it. */
async function said(): Promise<string> {
  const action = await command.create(
    given({ run: [process.execPath, '-p', JSON.stringify(WRITTEN)] }),
    actionContext(),
  );
  return action.run(alertEvent(), calm());
}

async function delivery(): Promise<Delivery> {
  const of = { event: 'e', action: 'command', rule: 'web', target: 'nginx', kind: 'fired' } as const;
  return { type: 'delivery', ...of, attempts: 1, outcome: 'done', reason: await said(), took: 1, time: 1000 };
}

test('what a program wrote is escaped once in a line of text', async () => {
  const line = formatLine(deliveryLine(await delivery()), { format: 'text', priority: false });
  expect(line).toContain(SHOWN);
  expect(line.split('\n')).toHaveLength(2);
});

test('and reads back as it was from a line of JSON', async () => {
  const line = formatLine(deliveryLine(await delivery()), { format: 'ndjson', priority: false });
  expect(JSON.parse(line).reason).toContain(WRITTEN);
  expect(line).not.toContain('\x1b');
  expect(line.split('\n')).toHaveLength(2);
});

test('so it is in a mail that says what was done, and in the log', async () => {
  const event = alertEvent({ kind: 'resolved', message: `nginx is fine. ${await said()}` });
  const { subject, text, html } = compose(event, '1.0.0');
  for (const part of [text, html]) {
    expect(part).toContain(SHOWN);
  }
  for (const part of [subject, text, html]) expect(part).not.toContain('\x1b');
  expect(textLine(event)).toContain(SHOWN);
});

test('so it is in the live view', async () => {
  const view = follow();
  view.snapshot(snapshot([], 0));
  view.delivery(await delivery());
  const state = view.state({ rules: 1, undecided: [] });
  if (state === undefined) throw new Error('nothing to show');
  expect(render(state, { columns: 300, rows: 24, color: false }).join('\n')).toContain(SHOWN);
});
