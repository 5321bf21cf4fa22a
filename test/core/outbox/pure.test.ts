import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Breaker, CLOSED, failed, OPENS_AFTER, placesOf } from '../../../src/core/outbox/breaker.ts';
import { backOff, TELL_PACE } from '../../../src/core/outbox/pace.ts';
import { spare } from '../../../src/core/outbox/room.ts';
import { describeDeliveries } from '../../../src/core/outbox/standing.ts';
import type { AlertKind } from '../../../src/core/types.ts';
import { formatDuration } from '../../../src/core/units.ts';

describe('a breaker', () => {
  const breakerAfter = (failures: number): Breaker =>
    Array.from({ length: failures }).reduce<Breaker>((breaker) => failed(breaker, 1000, (n) => n * 10), CLOSED);

  it('opens after some failures in a row, and then lets one at a time try, ever later', () => {
    expect(placesOf(breakerAfter(OPENS_AFTER - 1), 1000, 4)).toBe(4);
    const open = breakerAfter(OPENS_AFTER);
    expect(open).toEqual({ failures: OPENS_AFTER, openSince: 1000, probeAt: 1010 });
    expect([1000, 1009, 1010].map((now) => placesOf(open, now, 4))).toEqual([0, 0, 1]);
    expect(breakerAfter(OPENS_AFTER + 3)).toMatchObject({ openSince: 1000, probeAt: 1040 });
  });
});

it('a pause grows twofold to the longest, and varies by a fifth', () => {
  const middle = [1, 2, 3, 9, 10, 1e6].map((failures) => backOff(failures, TELL_PACE, 0.5));
  expect(middle).toEqual([1000, 2000, 4000, 256_000, 300_000, 300_000]);
  expect([backOff(1, TELL_PACE, 0), backOff(1, TELL_PACE, 1)]).toEqual([800, 1200]);
});

describe('what can be spared', () => {
  const kinds: AlertKind[] = ['fired', 'reminded', 'resolved'];
  const message = fc.record({
    story: fc.constantFrom('a', 'b', 'c'),
    kind: fc.constantFrom(...kinds),
    untried: fc.boolean(),
  });

  it('is reminders, or whole stories that nobody has begun to hear, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 20 }), fc.integer({ min: 1, max: 5 }), (messages, wanted) => {
        const spared = spare(messages, wanted);
        expect(spared.every(({ untried }) => untried)).toBe(true);
        if (spared.some(({ kind }) => kind === 'reminded') && spared.every(({ kind }) => kind === 'reminded')) return;
        for (const { story } of spared) {
          const whole = messages.filter((one) => one.story === story);
          expect(spared.filter((one) => one.story === story)).toEqual(whole);
          expect([whole[0]?.kind, whole.at(-1)?.kind]).toEqual(['fired', 'resolved']);
        }
      }),
    );
  });

  it('is the oldest', () => {
    const of = (story: string, kind: AlertKind) => ({ story, kind, untried: true });
    const all = [of('a', 'fired'), of('b', 'fired'), of('b', 'resolved'), of('a', 'resolved'), of('c', 'fired')];
    expect(spare(all, 1)).toEqual([all[0], all[3]]);
    const reminders = [of('a', 'reminded'), of('c', 'reminded')];
    expect(spare([...all, ...reminders], 1)).toEqual([reminders[0]]);
  });
});

it('is summed up in few words', () => {
  const none = { waiting: 0, oldest: 0, down: [], done: 7, failed: 0, suppressed: {} };
  expect(describeDeliveries(none, formatDuration)).toBe('');
  const some = {
    ...none,
    waiting: 3,
    oldest: 720_000,
    down: ['mail'],
    failed: 2,
    suppressed: { limit: 4, 'dry run': 1 },
  };
  expect(describeDeliveries(some, formatDuration)).toBe(
    '3 waiting for up to 12m (mail is down), 2 failed, 5 suppressed',
  );
});
