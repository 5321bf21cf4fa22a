import { expect, it } from 'vitest';
import type { Action, AlertEvent, Step } from '../../src/core/types.ts';
import { createLimits } from '../../src/engine/limit.ts';
import { alertEvent } from '../actions/event.ts';

const ACTS: Action = { timeout: 1, run: async () => '', exclusive: true };
const step = (more: Partial<Step> = {}): Step => ({
  ...{ name: 'restart', action: ACTS, countedAs: 'restart', on: ['fired'], after: 0 },
  ...more,
});
const about = (unit: string): AlertEvent => alertEvent({ target: { unit } });

it('an act that was skipped in the end does not count', () => {
  const limits = createLimits({ restarts: { times: 1, per: 1000 }, now: () => 0 });
  const [one, other] = [about('a.service'), about('b.service')];
  const same = step();
  expect(limits.claim(same, one)).toBeUndefined();
  limits.release(same, one, 'skipped');
  expect(limits.claim(same, other)).toBeUndefined();
  limits.release(same, other, 'skipped');
  expect(limits.claim(same, one)).toBeUndefined();
  limits.release(same, one, 'done');
  expect(limits.claim(same, other)).toEqual({
    reason: 'limit reached: restarts and signals of all rules at most 1 times in 1s',
    exhausted: false,
  });
  expect(limits.claim(same, about('a.service'))?.exhausted).toBe(true);
});

it('the limit of the host bounds acts alone, of whatever rule', () => {
  let now = 0;
  const limits = createLimits({ restarts: { times: 1, per: 1000 }, now: () => now });
  const tells = step({ action: { timeout: 1, run: async () => '' } });
  expect(limits.claim(step(), about('a.service'))).toBeUndefined();
  for (let turn = 0; turn < 3; turn += 1) expect(limits.claim(tells, about('a.service'))).toBeUndefined();
  expect(limits.claim(step({ countedAs: 'another' }), about('b.service'))).toBeDefined();
  now = 1001;
  expect(limits.claim(step({ countedAs: 'another' }), about('b.service'))).toBeUndefined();
});

it('never two of a group are acted on at once, others are', async () => {
  const limits = createLimits();
  const log: string[] = [];
  const act = (unit: string): Promise<void> =>
    limits.inTurn(step(), about(unit), async () => {
      log.push(`${unit} begins`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      log.push(`${unit} ends`);
    });
  await Promise.all([act('web@1.service'), act('web@2.service'), act('db.service')]);
  expect(log.indexOf('web@2.service begins')).toBeGreaterThan(log.indexOf('web@1.service ends'));
  expect(log.indexOf('db.service begins')).toBeLessThan(log.indexOf('web@1.service ends'));
});
