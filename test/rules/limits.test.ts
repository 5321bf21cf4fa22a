import { describe, expect, it } from 'vitest';
import { GiB, MINUTE, MiB, play, told } from './play.ts';
import { shippedRules } from './shipped.ts';

const LIMITS = ['unit-near-limit', 'unit-at-limit', 'group-near-limit', 'group-at-limit'];

/** Two processes of one unit that has 1 GiB, together this big. */
function unit(size: (second: number) => number, unitName: string | undefined = 'web.service') {
  return ['web', 'worker'].map((name) => ({
    name,
    cgroup: '/box',
    ...(unitName !== undefined && { unit: unitName }),
    ceiling: GiB,
    size: (second: number) => ({ pss: size(second) / 2 }),
  }));
}

describe('the rules for limits', () => {
  it('tell of a unit that stays above 88 % of its limit for ten minutes, and of its end', async () => {
    const rules = await shippedRules(...LIMITS);
    const size = (second: number): number => (second < 20 * MINUTE ? 920 * MiB : 600 * MiB);
    expect(told(play(rules, { actors: unit(size), every: 5, seconds: 30 * MINUTE }))).toEqual([
      '600 s: fired unit-near-limit web.service',
      '1500 s: resolved unit-near-limit web.service',
    ]);
  });

  it('are critical of a unit that is about to hit its limit', async () => {
    const rules = await shippedRules(...LIMITS);
    const events = play(rules, { actors: unit(() => 1000 * MiB), every: 5, seconds: 5 * MINUTE });
    expect(told(events)).toEqual(['60 s: fired unit-at-limit web.service']);
    expect(events.find(({ kind }) => kind === 'fired')?.severity).toBe('critical');
  });

  it('say nothing of a unit that only passes 88 % now and then, or always holds 85 %', async () => {
    const rules = await shippedRules(...LIMITS);
    const burst = (second: number): number => (second % 600 < 500 ? 930 * MiB : 700 * MiB);
    expect(told(play(rules, { actors: unit(burst), every: 5, seconds: 60 * MINUTE }))).toEqual([]);
    expect(told(play(rules, { actors: unit(() => 870 * MiB), every: 5, seconds: 60 * MINUTE }))).toEqual([]);
  });

  it('do not add up units, each of which is well below its limit', async () => {
    const rules = await shippedRules(...LIMITS);
    const actors = [...unit(() => 700 * MiB, 'a.service'), ...unit(() => 700 * MiB, 'b.service')];
    expect(told(play(rules, { actors, every: 5, seconds: 30 * MINUTE }))).toEqual([]);
  });

  it('take the cgroup where there is no unit', async () => {
    const rules = await shippedRules(...LIMITS);
    const actors = unit(() => 1000 * MiB).map(({ unit: _, ...actor }) => actor);
    expect(told(play(rules, { actors, every: 5, seconds: 5 * MINUTE }))).toEqual(['60 s: fired group-at-limit /box']);
  });

  it('never guess: what could not be read does not count as memory held', async () => {
    const rules = await shippedRules(...LIMITS);
    const actors = unit(() => 1000 * MiB).map((actor) => ({
      ...actor,
      size: () => ({ pss: 500 * MiB, unread: true }),
    }));
    expect(told(play(rules, { actors, every: 5, seconds: 30 * MINUTE }))).toEqual([]);
  });
});
