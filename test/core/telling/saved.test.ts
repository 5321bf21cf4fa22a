import fc from 'fast-check';
import { expect, it } from 'vitest';
import { acknowledge, hear } from '../../../src/core/telling/desk.ts';
import { type DeskChange, KeptDesk } from '../../../src/core/telling/kept.ts';
import type { Desk } from '../../../src/core/telling/nouns.ts';
import {
  loadDesk,
  type SavedCase,
  type SavedDesk,
  type SavedGathering,
  saveDesk,
} from '../../../src/core/telling/saved.ts';
import { settle } from '../../../src/core/telling/settle.ts';
import type { Silence } from '../../../src/core/telling/silence.ts';
import type { AlertEvent, Rule } from '../../../src/core/types.ts';
import { rule } from '../world.ts';
import { alertEvent, step } from './world.ts';

const GROUP = { by: ['rule'], wait: 30_000, interval: 300_000 };

const RULES: readonly Rule[] = [
  rule({ name: 'a', key: 'a', steps: [step('mail'), step('later', {}, { after: 5000 })] }),
  rule({
    name: 'b',
    key: 'b',
    inhibitedBy: ['a'],
    steps: [step('log'), step('up', {}, { after: 4000, escalation: true })],
  }),
];

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

/** What a store would give back, as plain data. */
type Saved = (desk: Desk) => SavedDesk | undefined;

const plain = <T>(data: T): T => (data === undefined ? data : JSON.parse(JSON.stringify(data)));
const asAWhole: Saved = (desk) => plain(saveDesk(desk));

/** A store that is told of changes alone, fails every third time, and must hold the same as if all had been written. */
function byChanges(): Saved {
  const kept = new KeptDesk();
  const [cases, gatherings] = [new Map<string, SavedCase>(), new Map<string, SavedGathering>()];
  let silences: readonly Silence[] = [];
  let times = 0;
  const write = (change: DeskChange): void => {
    times += 1;
    if (times % 3 === 0) throw new Error('no space left');
    apply(cases, change, [change.closed, change.cases.map((one) => [one.event.alert, one])]);
    apply(gatherings, change, [change.dissolved, change.gatherings.map((one) => [one.key, one])]);
    silences = change.silences ?? silences;
  };
  return (desk) => {
    try {
      kept.keep(desk, write);
    } catch {
      if (times % 2 === 0) kept.forget();
      kept.keep(desk, write);
    }
    const all = { cases: [...cases.values()], gatherings: [...gatherings.values()], silences };
    expect(sorted(all)).toEqual(sorted(asAWhole(desk) ?? { cases: [], gatherings: [], silences: [] }));
    return all;
  };
}

function apply<T>(rows: Map<string, T>, { whole }: DeskChange, [gone, put]: [readonly string[], [string, T][]]): void {
  if (whole) rows.clear();
  for (const key of gone) rows.delete(key);
  for (const [key, one] of put) rows.set(key, plain(one));
}

function sorted({ cases, gatherings, silences }: SavedDesk): SavedDesk {
  return {
    cases: [...cases].sort((a, b) => a.event.alert.localeCompare(b.event.alert)),
    gatherings: [...gatherings].sort((a, b) => a.key.localeCompare(b.key)),
    silences,
  };
}

/** @param restart whether the program ends after a second, and begins again with what was saved. */
function play(story: readonly Second[], restart: (second: number) => boolean, saved: Saved): string[] {
  let desk: Desk = loadDesk(undefined, RULES);
  const firing = new Set<string>();
  return story.flatMap((happens, second) => {
    happen(desk, happens, { second, firing });
    const { hand, held, ended } = settle(desk, { time: second * 1000, uptime: second * 1000 });
    const now = saved(desk);
    if (restart(second)) desk = loadDesk(now, RULES);
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
      const without = play(story, () => false, asAWhole);
      expect(play(story, restart, asAWhole)).toEqual(without);
      expect(play(story, () => false, byChanges())).toEqual(without);
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
