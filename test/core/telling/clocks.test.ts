import { expect, it } from 'vitest';
import { advance } from '../../../src/core/advance.ts';
import { emptyMemory } from '../../../src/core/memory.ts';
import { emptyDesk, hear } from '../../../src/core/telling/desk.ts';
import { settle } from '../../../src/core/telling/settle.ts';
import { MiB, rule, sample, snapshot } from '../world.ts';
import { step } from './world.ts';

const HOUR = 3_600_000;

const of = rule({
  ...{ for: 30_000, keep: 20_000, repeat: 60_000 },
  group: { by: ['rule'], wait: 10_000, interval: 90_000 },
  steps: [
    step('log'),
    step('mail', { gathers: true }),
    step('late', {}, { after: 20_000 }),
    step('page', {}, { after: 40_000, escalation: true }),
  ],
});

/** What is told of a process that is too big from the 10th to the 400th second after boot, as `second step kind`. @param jump what is wrong with the clock on the wall, ms. */
function play(
  jump: (second: number) => number,
  seconds = Array.from({ length: 600 }, (_, second) => second),
): string[] {
  const memory = emptyMemory();
  const desk = emptyDesk();
  return seconds.flatMap((second) => {
    const held = second >= 10 && second < 400 ? 200 : 5;
    const plain = snapshot(second, [sample({ pid: 7, pss: held * MiB })]);
    const seen = { ...plain, time: plain.time + jump(second) };
    for (const event of advance(memory, [of], seen)) hear(desk, event, of);
    return settle(desk, seen).hand.flatMap(({ event, steps }) =>
      steps.filter(({ on }) => on.includes(event.kind)).map(({ name }) => `${second} ${name} ${event.kind}`),
    );
  });
}

const steady = play(() => 0);

it('the story is about every kind of waiting', () => {
  expect(steady).toEqual(
    expect.arrayContaining([
      '40 log fired',
      '50 mail fired',
      '60 late fired',
      '80 page fired',
      '100 log reminded',
      '420 log resolved',
    ]),
  );
});

it.each([
  ['an hour forward while the condition must hold', (second: number) => (second < 25 ? 0 : HOUR)],
  ['an hour back while a group waits', (second: number) => (second < 45 ? 0 : -HOUR)],
  ['to and fro all the time', (second: number) => (Math.floor(second / 7) % 2 === 0 ? HOUR : -HOUR)],
  ['back to the epoch', (second: number) => (second < 70 ? 0 : -1_700_000_000_000)],
])('a clock that is set %s makes nobody hear of anything sooner, later or twice', (_, jump) => {
  expect(play(jump)).toEqual(steady);
});

it('a machine that slept for a night wakes to one reminder and one message, not to a night of them', () => {
  const awake = Array.from({ length: 150 }, (_, second) => second);
  const night = 8 * 3600;
  const asleep = [...awake, ...awake.map((second) => 150 + night + second)];
  const memory = emptyMemory();
  const desk = emptyDesk();
  const told = asleep.flatMap((second) => {
    const seen = snapshot(second, [sample({ pid: 7, pss: second < 10 ? MiB : 200 * MiB })]);
    for (const event of advance(memory, [of], seen)) hear(desk, event, of);
    return settle(desk, seen).hand.map(({ event }) => ({
      second,
      kind: event.kind,
      bundle: event.bundle !== undefined,
    }));
  });
  const atWaking = told.filter(({ second }) => second > 150 && second < 150 + night + 5);
  expect(atWaking.filter(({ bundle }) => !bundle)).toHaveLength(1);
  expect(atWaking.filter(({ bundle }) => bundle)).toHaveLength(1);
  expect(told.filter(({ kind }) => kind === 'fired' || kind === 'resolved').every(({ second }) => second < 150)).toBe(
    true,
  );
});
