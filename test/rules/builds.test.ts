import { describe, expect, it } from 'vitest';
import { type Actor, HOUR, MiB, play, told } from './play.ts';
import { shippedRules } from './shipped.ts';

/** Hours from one start of the service to the next, and how long it runs. */
const EVERY = 6;
const LIFE = 5;

/** Runs of a unit, each of a build, with what they hold; they differ by a percent or two. */
function service(...runs: readonly (readonly [build: string, mib: number])[]): Actor[] {
  return runs.map(([build, mib], index) => {
    const begin = index * EVERY * HOUR;
    const held = mib * MiB * (1 + 0.015 * Math.sin(index * 12.9898));
    return {
      name: 'api',
      unit: 'api.service',
      exe: '/srv/api/bin/api',
      build,
      start: 1e7 + index,
      startedAt: (100_000 + begin) * 1000,
      size: (second) => {
        const age = second - begin;
        return age < 0 || age > LIFE * HOUR ? undefined : { pss: held * (1 - 0.5 * Math.exp(-age / 900)) };
      },
    };
  });
}

const hours = (count: number) => ({ every: 60, seconds: count * EVERY * HOUR });

describe('the rule for builds', () => {
  it('tells of a build that holds a fifth more than those before it, an hour or two after its start', async () => {
    const rules = await shippedRules('build-holds-more');
    const before = ['1', '1', '1', '1', '2', '2', '2', '2'].map((build) => [build, 300] as const);
    const events = play(rules, { actors: service(...before, ['3', 360]), ...hours(9) });
    const [first = ''] = told(events);
    expect(told(events)).toHaveLength(2);
    expect(first).toMatch(/: fired build-holds-more api\.service$/);
    expect((Number.parseFloat(first) - 8 * EVERY * HOUR) / HOUR).toBeLessThan(2.1);
  });

  it('says nothing of builds that hold a little more each, nor of one that holds less', async () => {
    const rules = await shippedRules('build-holds-more');
    const runs = [300, 300, 304, 304, 310, 310, 316, 316, 250, 250].map(
      (mib, index) => [`${index >> 1}`, mib] as const,
    );
    expect(told(play(rules, { actors: service(...runs), ...hours(10) }))).toEqual([]);
  });
});
