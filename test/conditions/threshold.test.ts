import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GiB, MiB, sample } from '../core/world.ts';
import { ask, condition, type Moment, refusal, target } from './target.ts';

const readable = (pss: number) => sample({ pid: 10, pss });
const unreadable = (rss: number) => sample({ pid: 11, rss, unread: 'denied' });

describe('above', () => {
  it('holds above its limit and not at it', async () => {
    const rule = { above: { pss: '500MiB' } };
    expect((await ask(rule, { members: [readable(501 * MiB)] }))?.met).toBe(true);
    expect((await ask(rule, { members: [readable(500 * MiB)] }))?.met).toBe(false);
  });

  it('says what was seen, with value, limit and unit', async () => {
    const verdict = await ask({ above: { pss: '500MiB' } }, { members: [readable(612 * MiB)] });
    expect(verdict).toMatchObject({ value: 612 * MiB, limit: 500 * MiB, unit: 'bytes' });
    expect(verdict?.because()).toBe('pss is 612 MiB, above 500 MiB');
  });

  it('goes by the clear level while the alert is firing', async () => {
    const rule = { above: { pss: '500MiB', clear: '450MiB' } };
    const members = [readable(470 * MiB)];
    expect((await ask(rule, { members }))?.met).toBe(false);
    const firing = await ask(rule, { members, firing: true });
    expect(firing).toMatchObject({ met: true, limit: 450 * MiB, fires: 500 * MiB });
    expect(firing?.because()).toContain('450 MiB, the level that ends the alert');
    expect((await ask(rule, { members: [readable(450 * MiB)], firing: true }))?.met).toBe(false);
  });

  it('takes a share of the host or of the nearest ceiling', async () => {
    const capped = [sample({ pid: 10, pss: 450 * MiB, ceiling: 500 * MiB })];
    const verdict = await ask({ above: { pss: '80% of limit' } }, { members: capped });
    expect(verdict).toMatchObject({ met: true, limit: 400 * MiB });
    expect(verdict?.because()).toContain('400 MiB (80.0 % of limit)');
    expect(await ask({ above: { pss: '10% of ram' } }, { members: capped })).toMatchObject({ limit: 1.6 * GiB });
  });

  it('has no answer where nobody tells how much memory the host has', async () => {
    const memory = { total: 0, available: 0, anon: 0, mapped: 0, swapTotal: 0, swapFree: 0 };
    const unknown = { members: [readable(GiB)], host: { memory } };
    for (const when of ['above: 80% of limit', 'above: 80% of ram', 'below: 80% of limit', 'below: 80% of ram']) {
      const [side = '', level] = when.split(': ');
      expect(await ask({ [side]: { pss: level } }, unknown)).toBeUndefined();
    }
    expect(await ask({ below: { available: '1GiB' } }, unknown)).toBeUndefined();
    expect(await ask({ expression: 'pss > 0.5 * ram' }, unknown)).toBeUndefined();
    const capped = [sample({ pid: 10, pss: 450 * MiB, ceiling: 500 * MiB })];
    expect(await ask({ above: { pss: '80% of limit' } }, { ...unknown, members: capped })).toMatchObject({ met: true });
  });

  it('takes counts, ages and shares in their own units', async () => {
    const old = { members: [readable(MiB)], seconds: 601 };
    expect((await ask({ above: { age: '10m' } }, old))?.because()).toBe('age is 10m1s, above 10m');
    expect((await ask({ above: { count: 1 } }, old))?.because()).toBe('count is 1, not above 1');
    expect((await ask({ below: { coverage: '90%' } }, old))?.because()).toMatch(/^coverage is .* %, below 90.0 %$/);
  });

  it('never guesses at a process that may not be read', async () => {
    const some = [readable(400 * MiB), unreadable(200 * MiB)];
    expect(await ask({ above: { pss: '500MiB' } }, { members: some })).toBeUndefined();
    expect(await ask({ above: { pss: '399MiB' } }, { members: some })).toMatchObject({ met: true, value: 400 * MiB });
    expect(await ask({ above: { pss: '600MiB' } }, { members: some })).toMatchObject({ met: false });
    expect((await ask({ above: { pss: '399MiB' } }, { members: some }))?.because()).toContain('400 MiB to 600 MiB');
  });
});

describe('the doubts of above and below', () => {
  const doubts = async (data: unknown, moment: Moment) => (await condition(data)).doubts?.(target(moment));
  const some = { members: [readable(400 * MiB), unreadable(200 * MiB)] };

  it('are the limit in force where the bounds lie on both sides of it', async () => {
    const rule = { above: { pss: '500MiB', clear: '450MiB' } };
    expect(await doubts(rule, some)).toEqual([{ measure: 'pss', limit: 500 * MiB }]);
    expect(await doubts(rule, { ...some, firing: true })).toEqual([{ measure: 'pss', limit: 450 * MiB }]);
    expect(await doubts({ below: { pss: '3% of ram' } }, some)).toEqual([{ measure: 'pss', limit: 0.03 * 16 * GiB }]);
  });

  it('are none where the bounds lie on one side, or nothing is known', async () => {
    expect(await doubts({ above: { pss: '600MiB' } }, some)).toEqual([]);
    expect(await doubts({ below: { pss: '400MiB' } }, some)).toEqual([]);
    expect(await doubts({ above: { pss: '500MiB', clear: '300MiB' } }, { ...some, firing: true })).toEqual([]);
    const host = { memory: { total: GiB, available: 0, anon: 0, mapped: 0, swapTotal: 0, swapFree: 0 } };
    expect(await doubts({ above: { total: '1MiB' } }, { host })).toEqual([]);
  });

  it('are there just when there is no answer', async () => {
    const size = fc.integer({ min: 0, max: 5 });
    const side = fc.constantFrom('above', 'below');
    await fc.assert(
      fc.asyncProperty(side, fc.record({ known: size, hidden: size }), fc.boolean(), async (of, sizes, firing) => {
        const rule = { [of]: { pss: '3MiB' } };
        const moment = { members: [readable(sizes.known * MiB), unreadable(sizes.hidden * MiB)], firing };
        const asked = (await doubts(rule, moment))?.length;
        expect(asked).toBe((await ask(rule, moment)) === undefined ? 1 : 0);
      }),
    );
  });

  it('say whether the value is only a bound', async () => {
    expect(await ask({ above: { pss: '399MiB' } }, some)).toMatchObject({ value: 400 * MiB, rough: true });
    expect(await ask({ below: { pss: '601MiB' } }, some)).toMatchObject({ value: 600 * MiB, rough: true });
    expect(await ask({ above: { pss: '399MiB' } }, { members: [readable(400 * MiB)] })).toMatchObject({ rough: false });
  });
});

describe('above and below', () => {
  it('are never both met, whatever is known and whether firing or not', async () => {
    const size = fc.integer({ min: 0, max: 1000 });
    const limits = fc.integer({ min: 1, max: 1000 });
    await fc.assert(
      fc.asyncProperty(
        fc.record({ known: size, hidden: size, limit: limits, firing: fc.boolean() }),
        async ({ known, hidden, limit, firing }) => {
          const members = [readable(known * MiB), unreadable(hidden * MiB)];
          const above = await ask({ above: { pss: `${limit}MiB` } }, { members, firing });
          const below = await ask({ below: { pss: `${limit}MiB` } }, { members, firing });
          expect(above?.met === true && below?.met === true).toBe(false);
          for (const pss of [known, known + hidden]) {
            if (above !== undefined) expect(above.met).toBe(pss > limit);
            if (below !== undefined) expect(below.met).toBe(pss < limit);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('below', () => {
  it('holds below its limit, and until the clear level while firing', async () => {
    const rule = { below: { available: '10% of ram', clear: '15% of ram' } };
    const host = (ratio: number) => ({
      memory: { total: 10 * GiB, available: ratio * 10 * GiB, anon: 0, mapped: 0, swapTotal: 0, swapFree: 0 },
    });
    expect((await ask(rule, { host: host(0.09) }))?.met).toBe(true);
    expect((await ask(rule, { host: host(0.12) }))?.met).toBe(false);
    expect((await ask(rule, { host: host(0.12), firing: true }))?.met).toBe(true);
    expect((await ask(rule, { host: host(0.15), firing: true }))?.met).toBe(false);
  });
});

describe('a threshold that makes no sense', () => {
  it.each([
    [{ above: { clear: '5MiB' } }, /^: above of what/],
    [{ above: { pss: '5MiB', rss: '6MiB' } }, /^rss: above takes one measure, not pss and rss/],
    [{ above: { pss: '500' } }, /^pss: .*no unit/],
    [{ above: { pss: 500 } }, /^pss: 500 has no unit: write 500MiB/],
    [{ above: { count: '5MiB' } }, /^count: "5MiB" is not a count/],
    [{ above: { pss: '500MiB', clear: '550MiB' } }, /^clear: clear lies on the wrong side: .* at or below/],
    [{ below: { pss: '500MiB', clear: '450MiB' } }, /^clear: clear lies on the wrong side: .* at or above/],
    [{ above: { pss: '500MiB', clear: '0B' } }, /^clear: .*never clears/],
    [{ above: { pss: '0B' } }, /^pss: pss is always above 0, so this never clears/],
    [{ above: { pss: '120% of ram' } }, /^pss: pss can't be above 120 % of ram, so this never fires/],
    [{ below: { pss: '120% of ram' } }, /^pss: .*never clears/],
    [{ below: { pss: '0B' } }, /^pss: .*never fires/],
    [{ above: { coverage: '100%' } }, /^coverage: .*never fires/],
    [{ below: { coverage: '90%', clear: '101%' } }, /^clear: .*never clears/],
  ])('%j is refused with a word on why', async (data, expected) => {
    expect(await refusal(data)).toMatch(expected);
  });

  it('lets through what may be passed: swap beyond the memory of the host, and a soft ceiling', async () => {
    expect(await refusal({ above: { swap: '120% of ram' } })).toBe('accepted');
    expect(await refusal({ above: { pss: '110% of limit' } })).toBe('accepted');
    expect(await refusal({ above: { swap: '1MiB', clear: '0B' } })).toBe('accepted');
  });
});
