import { describe, expect, it } from 'vitest';
import { DRY_RUN, describeDelivery, isOfNote, SHADOW_RULE } from '../../src/core/delivery.ts';
import type { Delivery } from '../../src/core/types.ts';

function delivery(more: Partial<Delivery>): Delivery {
  return {
    ...{ type: 'delivery', event: 'a1-fired', action: 'mail', rule: 'leak', target: 'app', kind: 'fired' },
    ...{ attempts: 1, outcome: 'done', reason: 'sent', time: 0, took: 10 },
    ...more,
  };
}

describe('a delivery', () => {
  it('is of note when it failed, was not made, or did something to a process', () => {
    expect(isOfNote(delivery({ outcome: 'failed' }))).toBe(true);
    expect(isOfNote(delivery({ outcome: 'skipped', reason: DRY_RUN }))).toBe(true);
    expect(isOfNote(delivery({ acts: true }))).toBe(true);
    expect(isOfNote(delivery({}))).toBe(false);
  });

  it('is never of note for a shadow rule', () => {
    expect(isOfNote(delivery({ outcome: 'skipped', reason: SHADOW_RULE }))).toBe(false);
    expect(isOfNote(delivery({ outcome: 'skipped', reason: SHADOW_RULE, acts: true }))).toBe(false);
  });

  it('says what became of it', () => {
    expect(describeDelivery(delivery({}))).toBe('done mail leak: app: sent');
    expect(describeDelivery(delivery({ outcome: 'skipped', reason: DRY_RUN }))).toBe('skipped mail leak: app: dry run');
    expect(describeDelivery(delivery({ outcome: 'failed', reason: '550', attempts: 3 }))).toBe(
      'failed mail leak: app: 550, given up after 3 attempts',
    );
  });
});
