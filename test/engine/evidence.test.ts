import { expect, it } from 'vitest';
import { textLine } from '../../src/actions/record/line.ts';
import { compileMessage } from '../../src/core/message.ts';
import type { Action, AlertEvent, Notice, Step } from '../../src/core/types.ts';
import { createBus } from '../../src/engine/bus.ts';
import { Dispatcher } from '../../src/engine/dispatch.ts';
import { openEvidence } from '../../src/engine/evidence.ts';
import { run } from '../../src/engine/run.ts';
import { alertEvent } from '../actions/event.ts';
import { MiB, rule, sample, snapshot } from '../core/world.ts';

const silent = { notice: () => undefined };

it('names the first file of an alert and the last two, and forgets the oldest alerts', () => {
  const book = openEvidence(silent);
  const event = alertEvent();
  expect(book.fill(event)).toBe(event);
  for (const file of ['/1', '/2', '/3', '/4']) book.note(event.alert, file);
  expect(book.fill(event).evidence).toEqual(['/1', '/3', '/4']);
  const other = alertEvent({ alert: 'other' });
  const bundle = { alerts: [event, other], count: 2, firing: 2 };
  expect(book.fill(alertEvent({ bundle })).bundle?.alerts.map(({ evidence }) => evidence)).toEqual([
    ['/1', '/3', '/4'],
    undefined,
  ]);
  for (let index = 0; index < 200; index += 1) book.note(`another ${index}`, '/5');
  expect(book.fill(event)).toBe(event);
});

it('lives on with what an earlier run kept, and says when it can keep nothing', () => {
  const notices: Pick<Notice, 'kind' | 'message'>[] = [];
  const book = openEvidence({ notice: (it) => void notices.push(it) });
  let kept = {};
  book.restore({ a: ['/1'] }, (files) => {
    kept = files;
  });
  book.note('b', '/2');
  expect(kept).toEqual({ a: ['/1'], b: ['/2'] });
  expect(book.fill(alertEvent({ alert: 'a' })).evidence).toEqual(['/1']);
  book.restore({}, () => {
    throw new Error('disk full');
  });
  book.note('c', '/3');
  expect(notices[0]?.message).toContain('disk full');
});

it('is told by every step after the capture, and by every later event, its message included', async () => {
  const told: AlertEvent[] = [];
  const foreseen: string[] = [];
  const book = openEvidence(silent);
  const capture: Action = {
    timeout: 1_000,
    run: async ({ alert }) => {
      book.note(alert, '/captures/1.txt');
      return 'captured';
    },
    foresee: async ({ kind }) => void foreseen.push(kind),
  };
  const tell: Action = { timeout: 1_000, run: async (event) => String(told.push(event)) };
  const step = (name: string, action: Action): Step => {
    return { name, action, countedAs: name, on: name === 'tell' ? ['fired', 'resolved'] : ['fired'], after: 0 };
  };
  let met = true;
  const leaky = rule({
    ...{ name: 'leaky', for: 1_000, message: compileMessage('look at {{evidence}}.') },
    steps: [step('capture', capture), step('tell', tell)],
    of: { name: ['leaky'] },
    when: { wants: [], test: () => ({ met, value: 2, limit: 1, unit: 'bytes', because: () => 'so' }) },
  });
  const seen: AlertEvent[] = [];
  const bus = createBus([{ event: (event) => void (event.type === 'alert' && seen.push(event)) }]);
  const dispatcher = new Dispatcher({ bus, evidence: book });
  async function* source() {
    for (const second of [1, 2, 3]) {
      met = second < 3;
      yield snapshot(second, [sample({ pid: 7, name: 'leaky', pss: 200 * MiB }, second * 1_000)]);
      await dispatcher.idle();
    }
  }
  await run({
    source: source(),
    rules: () => [leaky],
    bus,
    fill: book.fill,
    dispatch: (event, of) => {
      dispatcher.foresee(event, of);
      dispatcher.handle(event, of);
    },
  });
  await dispatcher.close(1_000);
  expect(foreseen).toEqual(['pending']);
  expect(told.map(({ kind, evidence }) => [kind, evidence])).toEqual([
    ['fired', ['/captures/1.txt']],
    ['resolved', ['/captures/1.txt']],
  ]);
  expect(seen.map(({ kind, message }) => [kind, message])).toEqual([
    ['pending', 'look at .'],
    ['fired', 'look at .'],
    ['resolved', 'look at /captures/1.txt.'],
  ]);
  expect(textLine(told[1] ?? alertEvent())).toMatch(/ \(evidence: \/captures\/1\.txt\)$/);
});
