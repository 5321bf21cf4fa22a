import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alertmanagerBody } from '../../src/actions/body/alertmanager.ts';
import { slackBody } from '../../src/actions/body/slack.ts';
import { compose } from '../../src/actions/mail/compose.ts';
import { compileArguments } from '../../src/actions/process/arguments.ts';
import { eventEnvironment } from '../../src/actions/process/environment.ts';
import { keepTail } from '../../src/actions/process/tail.ts';
import { textLine } from '../../src/actions/record/line.ts';
import { readState } from '../../src/actions/systemd/systemctl.ts';
import { parseTimespan } from '../../src/actions/systemd/timespan.ts';
import type { AlertEvent } from '../../src/core/types.ts';
import { alertEvent } from './event.ts';

/** Whatever strangers can write into an event, as they please. */
const events: fc.Arbitrary<AlertEvent> = fc
  .tuple(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('fired', 'resolved', 'cancelled'),
  )
  .map(([name, message, kind]) => {
    const target = { name, exe: name, processes: [{ pid: 7, start: 1, name }], count: 1 };
    return alertEvent({
      kind: kind as AlertEvent['kind'],
      message,
      because: name,
      rule: name,
      target,
      evidence: [`/${name}`],
    });
  });

test('no log line is broken or steered by a stranger', () => {
  fc.assert(
    fc.property(events, (event) => {
      expect(textLine(event)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e]/u);
    }),
  );
});

test('no header of a mail is broken, and no tag opened, by a stranger', () => {
  fc.assert(
    fc.property(events, (event) => {
      const { subject, html, messageId, headers } = compose(event, '1.0');
      for (const text of [subject, messageId, ...Object.values(headers)]) expect(text).not.toMatch(/\p{Cc}/u);
      const tags = new Set([...html.matchAll(/<\/?(!?[a-z0-9]+)/gi)].map(([, tag]) => tag));
      const ours = ['!DOCTYPE', 'html', 'head', 'meta', 'body', 'h3', 'table', 'tr', 'th', 'td', 'p', 'small'];
      expect([...tags].filter((tag) => !ours.includes(tag ?? ''))).toEqual([]);
      expect(html.match(/<meta/gi)).toHaveLength(1);
    }),
  );
});

test('every body is JSON, and calls nobody', () => {
  fc.assert(
    fc.property(events, (event) => {
      const { text } = JSON.parse(slackBody(event));
      expect(text).not.toMatch(/[<>]|@(?!\u200b)/);
      expect(JSON.parse(alertmanagerBody(event)).alerts[0].labels.target).toBe(
        event.target.name.toWellFormed?.() ?? event.target.name,
      );
    }),
  );
});

test('no argument or variable holds what no program can be given, or an option of a stranger', () => {
  const { fill } = compileArguments(['run'], ['/bin/true', '{{target}}', '--name={{target}}']);
  fc.assert(
    fc.property(events, (event) => {
      expect(Object.values(eventEnvironment(event)).join('')).not.toContain('\0');
      if (event.target.name.replaceAll('\0', '').startsWith('-')) {
        expect(() => fill(event)).toThrow(/as an option/);
        return;
      }
      const [first = '', second = ''] = fill(event);
      expect(first + second).not.toContain('\0');
      expect(second.startsWith('--name=')).toBe(true);
    }),
  );
});

test('the end of an output is kept, however it comes in', async () => {
  const chunks = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n', 'x'), minLength: 1, maxLength: 40 }), {
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(chunks, fc.integer({ min: 1, max: 64 }), async (parts, limit) => {
      const stream = new PassThrough();
      const tail = keepTail([stream], limit);
      for (const part of parts) stream.write(part);
      stream.end();
      await new Promise((resolve) => stream.once('close', resolve));
      const all = parts.join('');
      const kept = all.slice(-limit).trimEnd();
      expect(tail.text()).toBe(all.length > limit ? `(${all.length - limit} bytes left out) ${kept}` : kept);
    }),
  );
});

test('nothing that systemctl prints makes a number that is none', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(parseTimespan(text)).not.toBeNaN();
      const state = readState(`LoadState=loaded\nMainPID=${text}\nNRestarts=${text}\nStartLimitIntervalUSec=${text}\n`);
      for (const number of [state.mainPid, state.automaticRestarts, state.limit.interval]) expect(number).not.toBeNaN();
    }),
  );
});
