import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MiB, sample } from '../core/world.ts';
import { ask, condition, follow, refusal, target } from './target.ts';

/** One process that may not be read: its PSS lies between 0 and 100 MiB. */
const members = [sample({ pid: 10, rss: 100 * MiB, unread: 'denied' })];
const MET = { above: { count: 0 } };
const NOT_MET = { above: { count: 5 } };
const UNKNOWN = { above: { pss: '50MiB' } };

const truth = async (data: unknown): Promise<boolean | undefined> => (await ask(data, { members }))?.met;
const parts = fc.array(fc.constantFrom<object>(MET, NOT_MET, UNKNOWN), { minLength: 1, maxLength: 5 });

/** The truth of whichever part of the list comes first in the ranking. */
function strongest(list: readonly object[], ranking: readonly object[]): boolean | undefined {
  const first = ranking.find((part) => list.includes(part));
  return first === UNKNOWN ? undefined : first === MET;
}

describe('all, any and not', () => {
  it('know three values', async () => {
    await fc.assert(
      fc.asyncProperty(parts, async (list) => {
        expect(await truth({ all: list })).toBe(strongest(list, [NOT_MET, UNKNOWN, MET]));
        expect(await truth({ any: list })).toBe(strongest(list, [MET, UNKNOWN, NOT_MET]));
      }),
    );
  });

  it('obey De Morgan: not all is any not', async () => {
    await fc.assert(
      fc.asyncProperty(parts, async (list) => {
        const negated = list.map((part) => ({ not: part }));
        expect(await truth({ not: { all: list } })).toBe(await truth({ any: negated }));
        expect(await truth({ not: { any: list } })).toBe(await truth({ all: negated }));
      }),
    );
  });

  it('do not depend on order or nesting', async () => {
    await fc.assert(
      fc.asyncProperty(parts, parts, async (first, second) => {
        const flat = await truth({ all: [...first, ...second] });
        expect(await truth({ all: [...second, ...first] })).toBe(flat);
        expect(await truth({ all: [{ all: first }, { all: second }] })).toBe(flat);
      }),
    );
  });

  it('explain every part with its answer, the unknown ones included', async () => {
    const verdict = await ask({ any: [UNKNOWN, NOT_MET, MET] }, { members });
    expect(verdict?.because()).toBe(
      'not known: above { pss: 50MiB }; not met: count is 1, not above 5; met: count is 1, above 0',
    );
  });

  it('keep the answers of a list inside another apart from those around it', async () => {
    const verdict = await ask({ all: [{ any: [NOT_MET, MET] }, MET, { not: { all: [MET, NOT_MET] } }] }, { members });
    expect(verdict?.because()).toBe(
      [
        'met: any of (not met: count is 1, not above 5; met: count is 1, above 0)',
        'met: count is 1, above 0',
        'met: not all of (met: count is 1, above 0; not met: count is 1, not above 5)',
      ].join('; '),
    );
  });

  it('say that what they tell are bounds where a part has one', async () => {
    const rough = { above: { pss: '200MiB' } };
    const seen = { members };
    expect(await ask({ not: rough }, seen)).toMatchObject({ met: true, value: 100 * MiB, rough: true });
    expect(await ask({ all: [MET, rough] }, seen)).toMatchObject({ met: false, value: 100 * MiB, rough: true });
    expect(await ask({ all: [NOT_MET, MET] }, seen)).toMatchObject({ value: 1, rough: false });
    expect(await ask({ any: [rough, { not: { not: rough } }] }, seen)).toMatchObject({ met: false, rough: true });
    expect((await ask({ any: [rough, MET] }, seen))?.because()).toContain('pss is at most 100 MiB, not above 200 MiB');
  });

  it('take value and limit from the first part that decides', async () => {
    expect(await ask({ all: [MET, NOT_MET, { above: { count: 7 } }] }, { members })).toMatchObject({ limit: 5 });
    expect(await ask({ any: [NOT_MET, MET] }, { members })).toMatchObject({ value: 1, limit: 0 });
    expect(await ask({ all: [MET, MET] }, { members })).toMatchObject({ met: true, limit: 0 });
  });

  it('want what their parts want', async () => {
    const growth = { growth: { pss: '1MiB/h', over: '1h' } };
    expect((await condition({ all: [growth, { not: { any: [growth, MET] } }] })).wants).toHaveLength(2);
  });

  it('refuse an empty list', async () => {
    expect(await refusal({ all: [] })).toContain('the list is empty');
    expect(await refusal({ any: [] })).toContain('the list is empty');
  });
});

describe('a verdict of all and any is rough', () => {
  const rough = async (data: unknown) => (await ask(data, { members }))?.rough;

  it('as long as reading would change what is told: which part decides, or what a part says', async () => {
    expect(await rough({ any: [UNKNOWN, MET] })).toBe(true);
    expect(await rough({ all: [NOT_MET, UNKNOWN] })).toBe(true);
    expect(await rough({ all: [MET, NOT_MET] })).toBe(false);
  });
});

describe('the doubts of all and any', () => {
  const doubts = async (data: unknown, firing = false) => (await condition(data)).doubts?.(target({ members, firing }));
  const OTHER = { above: { rss: '1MiB' } };
  const DOUBT = { measure: 'pss', limit: 50 * MiB };

  it('are those of the parts that are not known', async () => {
    const both = [UNKNOWN, { below: { uss: '60MiB' } }];
    expect(await doubts({ all: [MET, ...both] })).toEqual([DOUBT, { measure: 'uss', limit: 60 * MiB }]);
    expect(await doubts({ any: [...both, NOT_MET] })).toEqual([DOUBT, { measure: 'uss', limit: 60 * MiB }]);
    expect(await doubts({ all: [UNKNOWN, { any: [NOT_MET, OTHER] }] })).toEqual([DOUBT]);
  });

  it('are none once another part decides', async () => {
    expect(await doubts({ all: [UNKNOWN, NOT_MET] })).toEqual([]);
    expect(await doubts({ any: [MET, UNKNOWN] })).toEqual([]);
    expect(await doubts({ all: [UNKNOWN, { not: { any: [UNKNOWN, MET] } }] })).toEqual([]);
  });

  it('stay where a sample counts later, whatever decides now', async () => {
    const counted = { times: { when: UNKNOWN, holds: 1, of: 2 } };
    expect(await doubts({ all: [NOT_MET, UNKNOWN, counted] })).toEqual([DOUBT]);
    expect(await doubts({ not: { any: [MET, counted] } })).toEqual([DOUBT]);
  });

  it('are there just when there is no answer', async () => {
    await fc.assert(
      fc.asyncProperty(parts, fc.constantFrom('all', 'any'), async (list, of) => {
        const asked = (await doubts({ [of]: list }))?.length ?? 0;
        expect(asked > 0).toBe((await truth({ [of]: list })) === undefined);
      }),
    );
  });

  it('stay while only a part decides whose history moves on with what is read now', async () => {
    const times = { times: { when: NOT_MET, holds: 1, of: 2 } };
    const whole = await condition({ all: [times, UNKNOWN] });
    const view = follow(whole).at({ members });
    expect(whole.test(view)?.met).toBe(false);
    expect(whole.doubts?.(view)).toEqual([DOUBT]);
  });

  it('are turned about by not, as its clear level is', async () => {
    const rule = { above: { pss: '50MiB', clear: '40MiB' } };
    expect(await doubts({ not: rule })).toEqual([{ measure: 'pss', limit: 40 * MiB }]);
    expect(await doubts({ not: rule }, true)).toEqual([DOUBT]);
    expect(await doubts({ not: { not: rule } }, true)).toEqual([{ measure: 'pss', limit: 40 * MiB }]);
    expect(await doubts({ not: { count: { above: 3 } } })).toEqual([]);
  });

  it('pass through times: each sample counts', async () => {
    expect(await doubts({ times: { when: UNKNOWN, holds: 1, of: 2 } })).toEqual([DOUBT]);
    expect(await doubts({ times: { when: MET, holds: 1, of: 2 } })).toEqual([]);
    expect(await doubts({ times: { when: { absent: {} }, holds: 1, of: 2 } })).toEqual([]);
  });
});

describe('not', () => {
  it('turns the clear level of what it denies about, so that it does not flap', async () => {
    const rule = { not: { above: { pss: '500MiB', clear: '450MiB' } } };
    const at = (pss: number, firing: boolean) => ask(rule, { members: [sample({ pid: 1, pss: pss * MiB })], firing });
    expect((await at(470, false))?.met).toBe(false);
    expect((await at(440, false))?.met).toBe(true);
    expect((await at(470, true))?.met).toBe(true);
    expect((await at(510, true))?.met).toBe(false);
  });
});

describe('times', () => {
  const rule = { times: { when: { above: { pss: '100MiB' } }, holds: 3, of: 5 } };

  /** The answers to a row of PSS values in MiB; undefined stands for a process that could not be read. */
  async function answers(row: readonly (number | undefined)[]): Promise<(boolean | undefined)[]> {
    const followed = follow(await condition(rule));
    return row.map((pss, index) => {
      const seen = pss === undefined ? { rss: 200 * MiB, unread: 'late' as const } : { pss: pss * MiB };
      return followed.ask({ seconds: 100 + index * 5, members: [sample({ pid: 10, ...seen })] })?.met;
    });
  }

  it('holds once the inner condition held in N of the last M samples', async () => {
    expect(await answers([200, 50, 200, 50, 200])).toEqual([false, false, false, false, true]);
    expect(await answers([200, 200, 200, 50, 50, 50])).toEqual([false, false, true, true, true, false]);
  });

  it('does not count a sample in which the inner condition is not known', async () => {
    expect(await answers([undefined, 200, undefined, 200, 200])).toEqual([undefined, false, false, false, true]);
  });

  it('says how often it held and what is so now', async () => {
    const followed = follow(await condition(rule));
    followed.ask({ seconds: 100, members: [sample({ pid: 10, pss: 200 * MiB })] });
    const verdict = followed.ask({ seconds: 105, members: [sample({ pid: 10, pss: 50 * MiB })] });
    expect(verdict?.because()).toBe(
      'held in 1 of the last 2 samples, 3 of 5 are needed; now: pss is 50.0 MiB, not above 100 MiB',
    );
    expect(verdict).toMatchObject({ value: 1, limit: 3, unit: 'count' });
  });

  it('counts a condition with a history of its own from the first snapshot on at which that has an answer', async () => {
    const growth = { growth: { pss: '1MiB/h', over: '20s' } };
    const leak = (second: number) => ({ seconds: 100 + second, members: [sample({ pid: 10, pss: second * MiB })] });
    const alone = follow(await condition(growth));
    const counted = follow(await condition({ times: { when: growth, holds: 1, of: 2 } }));
    const answers = Array.from({ length: 8 }, (_, index) => [
      alone.ask(leak(index * 5))?.met,
      counted.ask(leak(index * 5))?.met,
    ]);
    expect(answers.map(([one]) => one)).toEqual([...Array(4).fill(undefined), ...Array(4).fill(true)]);
    expect(answers.every(([one, other]) => one === other)).toBe(true);
  });

  it('refuses what can never come about', async () => {
    expect(await refusal({ times: { ...rule.times, holds: 6 } })).toMatch(/^holds: never 6 of 5/);
  });
});
