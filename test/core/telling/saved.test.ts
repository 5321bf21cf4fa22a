import fc from 'fast-check';
import { expect, it } from 'vitest';
import { acknowledge, hear } from '../../../src/core/telling/desk.ts';
import type { Desk } from '../../../src/core/telling/nouns.ts';
import { loadDesk, saveDesk } from '../../../src/core/telling/saved.ts';
import { settle } from '../../../src/core/telling/settle.ts';
import type { AlertEvent, Rule } from '../../../src/core/types.ts';
import { rule } from '../world.ts';
import { alertEvent, step } from './world.ts';

const RULES: readonly Rule[] = [
  rule({ name: 'a', key: 'a', steps: [step('mail'), step('later', {}, { after: 5000 })] }),
  rule({
    name: 'b',
    key: 'b',
    inhibitedBy: ['a'],
    steps: [step('log'), step('up', {}, { after: 4000, escalation: true })],
  }),
];
const GROUP = { by: ['rule'], wait: 30_000, interval: 300_000 };

/** What happens in one second. */
type Second = {
  readonly rule: number;
  readonly target: string;
  readonly what: AlertEvent['kind'] | 'ack' | 'silence' | 'none';
};

/** Lets a second happen to a desk. @param firing what fires: nothing fires twice, nor ends without. */
function happen(
  desk: Desk,
  { rule: index, target, what }: Second,
  { second, firing }: { second: number; firing: Set<string> },
): void {
  const now = { time: second * 1000, uptime: second * 1000 };
  const of = RULES[index] as Rule;
  const alert = `${of.name}/${target}`;
  if (what === 'ack') acknowledge(desk, alert, { author: 'ann', reason: 'x', time: now.time });
  else if (what === 'silence') {
    const silence = { id: alert, author: 'ann', reason: 'x', created: 0, usedAt: now.time, match: { target } };
    desk.silences.set(alert, { ...silence, until: now.time + 3000 });
  } else if (what !== 'none' && (what === 'fired') !== firing.has(alert)) {
    if (what === 'fired') firing.add(alert);
    if (what === 'resolved') firing.delete(alert);
    hear(desk, { ...alertEvent(of, what, { target, now }), id: `${alert}-${second}` }, of);
  }
}

/** @param restart whether the program ends after a second, and begins again with what was saved. */
function play(story: readonly Second[], restart: (second: number) => boolean): string[] {
  let desk: Desk = loadDesk(undefined, RULES);
  const firing = new Set<string>();
  return story.flatMap((happens, second) => {
    happen(desk, happens, { second, firing });
    const { hand, held, ended } = settle(desk, { time: second * 1000, uptime: second * 1000 });
    const saved = saveDesk(desk);
    if (restart(second)) desk = loadDesk(saved && JSON.parse(JSON.stringify(saved)), RULES);
    return [
      ...hand.map(({ event, steps }) => `${second} ${event.id} ${event.kind} ${steps.map(({ name }) => name)}`),
      ...held.map(({ step: of, why }) => `${second} held ${of.name} ${why}`),
      ...ended.map(({ silence }) => `${second} ended ${silence.id}`),
    ];
  });
}

it('a desk that was saved and laid out again tells what it would have told', () => {
  const second = fc.record({
    rule: fc.nat(1),
    target: fc.constantFrom('x', 'y'),
    what: fc.constantFrom(
      'fired' as const,
      'fired' as const,
      'reminded' as const,
      'resolved' as const,
      'ack' as const,
      'silence' as const,
      'none' as const,
    ),
  });
  fc.assert(
    fc.property(fc.array(second, { minLength: 5, maxLength: 40 }), fc.func(fc.boolean()), (story, restart) => {
      expect(play(story, restart)).toEqual(play(story, () => false));
    }),
  );
});

it('what waits for company is told after a restart, and its end to those who heard of it', () => {
  const of = rule({ name: 'g', key: 'g', group: GROUP, steps: [step('mail', { gathers: true })] });
  const now = { time: 1000, uptime: 1000 };
  const again = (desk: Desk): Desk => loadDesk(JSON.parse(JSON.stringify(saveDesk(desk))), [of]);
  let desk = loadDesk(undefined, [of]);
  for (const target of ['x', 'y']) hear(desk, alertEvent(of, 'fired', { target, now }), of);
  expect(settle(desk, now).hand).toEqual([]);
  desk = again(desk);
  const [told] = settle(desk, now).hand;
  expect(told?.event).toMatchObject({ kind: 'fired', bundle: { count: 2 } });
  desk = again(desk);
  for (const target of ['x', 'y']) hear(desk, alertEvent(of, 'resolved', { target, now }), of);
  expect(settle(desk, now).hand.map(({ event }) => [event.kind, event.alert])).toEqual([
    ['resolved', told?.event.alert],
  ]);
  expect(saveDesk(desk)).toBeUndefined();
});
