import { describe, expect, it } from 'vitest';
import plugin from '../../src/conditions/leak.ts';
import { Members } from '../../src/core/members.ts';
import { NO_SNAPSHOT, noStanding } from '../../src/core/standing.ts';
import { Target } from '../../src/core/target.ts';
import type { Condition, Verdict } from '../../src/core/types.ts';
import { alarmOf, scoreShort } from '../bench/detection/short.mjs';
import { MiB, sample } from '../core/world.ts';
import { condition, follow, refusal } from './target.ts';

/** Follows a run of so many seconds, looked at every second. @returns the verdict at the end, and the first second at which it was met. */
async function watch(
  options: object,
  { seconds, pss, uss = pss, firing = false }: Run,
): Promise<{ last: Verdict | undefined; met: number | undefined }> {
  const followed = follow(await condition({ leak: options }));
  let last: Verdict | undefined;
  let met: number | undefined;
  for (let second = 0; second <= seconds; second += 1) {
    const made = sample({ pid: 7, pss: pss(second) * MiB, uss: uss(second) * MiB, rss: pss(second) * MiB });
    const member = { ...made, exact: { ...made.exact, at: second * 1000 } as never };
    last = followed.ask({ members: [member], seconds: second, firing: firing && met !== undefined });
    if (last?.met) met ??= second;
  }
  return { last, met };
}

interface Run {
  readonly seconds: number;
  readonly pss: (second: number) => number;
  readonly uss?: (second: number) => number;
  readonly firing?: boolean;
}

/** Work of ten seconds takes 80 MiB and gives all of them back, but for so much. */
const work = (left: number) => (second: number) => 100 + (second % 10) * 8 + Math.floor(second / 10) * left;

describe('leak in a short run', () => {
  it('is told as soon as the run is over, and says what the cycles left', async () => {
    const { last, met } = await watch({ within: '2m' }, { seconds: 125, pss: work(1) });
    expect(met).toBeGreaterThanOrEqual(117);
    expect(met).toBeLessThanOrEqual(121);
    expect(last?.because()).toMatch(
      /^1[01]\.\d MiB \(1[01]\.\d %\) more are left behind than 2m ago, .*\/.* \(90\.0 % interval .* to .*\): 7 of 7 times 15s left more than those before, the weakest of them 1\.00 MiB, no slower in the end, in private memory too$/,
    );
  });

  it('is none where everything is given back, and the weakest cycle decides', async () => {
    const back = await watch({ within: '2m' }, { seconds: 400, pss: work(0) });
    expect(back.met).toBeUndefined();
    expect(back.last?.because()).toBe('no leak: no more is left behind than 2m ago');
    const once = (second: number): number => work(1)(second) - (second > 60 ? 8 : 0);
    const { last, met } = await watch({ within: '2m' }, { seconds: 130, pss: once });
    expect(met).toBeUndefined();
    expect(last?.because()).toMatch(/but not every part of that time left more behind$/);
  });

  it('is none where it warms up, comes at once, or is only shared by fewer', async () => {
    const warm = await watch({ within: '2m' }, { seconds: 300, pss: (second) => 300 - 200 * Math.exp(-second / 60) });
    expect(warm.met).toBeUndefined();
    const step = await watch(
      { within: '2m' },
      { seconds: 300, pss: (second) => (second < 90 ? 100 : 150) + second / 100 },
    );
    expect(step.met).toBeUndefined();
    const shared = await watch({ within: '2m' }, { seconds: 300, pss: work(1), uss: () => 50 });
    expect(shared.met).toBeUndefined();
    expect(shared.last?.because()).toMatch(/but private memory did not grow with it$/);
  });

  it('holds while it fires, and ends when nothing is left behind any more', async () => {
    const pss = (second: number): number => work(0)(second) + Math.floor(Math.min(second, 150) / 10);
    const { last, met } = await watch({ within: '2m' }, { seconds: 160, pss, firing: true });
    expect(met).toBeDefined();
    expect(last?.met).toBe(true);
    expect((await watch({ within: '2m' }, { seconds: 300, pss, firing: true })).last?.met).toBe(false);
  });

  it('tells nothing of a run that is not over, or of which a part was not seen', async () => {
    expect((await watch({ within: '2m' }, { seconds: 100, pss: work(1) })).last).toBeUndefined();
    const followed = follow(await condition({ leak: { within: '2m' } }));
    let last: Verdict | undefined;
    for (let second = 0; second <= 125; second += 1) {
      if (second > 30 && second < 60) continue;
      const made = sample({ pid: 7, pss: work(1)(second) * MiB });
      last = followed.ask({
        members: [{ ...made, exact: { ...made.exact, at: second * 1000 } as never }],
        seconds: second,
      });
    }
    expect(last).toBeUndefined();
  });

  it('refuses options that make no sense', async () => {
    expect(await refusal({ leak: { within: '2m', over: '1d' } })).toMatch(/^over: over is for leaks over hours/);
    expect(await refusal({ leak: { within: '2m', grade: 'page' } })).toMatch(/^grade: /);
    expect(await refusal({ leak: { within: '5s' } })).toBe('within: write a time from 10s to 2h');
    const said: string[] = [];
    const warn = (_: readonly (string | number)[], text: string): void => void said.push(text);
    await plugin.create({ within: '1m' } as never, { interval: 15_000, warn } as never);
    expect(said).toEqual(['with a snapshot every 15s too few fall into 1m to tell: write 6m or more']);
  });

  it('tells leaks from what else runs of minutes do', async () => {
    const context = { interval: 1000, warn: () => undefined } as never;
    const made = (): Condition => plugin.create({ within: '5m' } as never, context) as Condition;
    const core = { Members, Target, NO_SNAPSHOT, noStanding };
    const { hits, leaks, falseAlarms, healthy } = scoreShort((run: never) => alarmOf(run, made(), core), {
      set: 'tests',
      count: 8,
    });
    expect(hits / leaks).toBeGreaterThan(0.75);
    expect(falseAlarms / healthy).toBeLessThan(0.06);
  }, 60_000);
});
