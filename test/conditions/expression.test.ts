import { describe, expect, it } from 'vitest';
import type { ProcessSample } from '../../src/core/types.ts';
import { GiB, MiB, sample } from '../core/world.ts';
import { ask, condition, type Moment, refusal, target } from './target.ts';

const web = sample({ pid: 10, pss: 600 * MiB, swap: 50 * MiB, uss: 500 * MiB, unit: 'web.service', ceiling: GiB });
const met = async (expression: string, members = [web]) => (await ask({ expression }, { members }))?.met;

describe('expression', () => {
  it.each([
    ['pss > 500 * MiB', true],
    ['pss > 700 * MiB', false],
    ['memory == pss + swap', true],
    ['uss / pss > 0.8 && uss / pss < 0.9', true],
    ['pss / 2 > 299 * MiB && 2 * pss > 1 * GiB', true],
    ['count == 1 && count != 2 && 3 > count', true],
    ['pss > 0.5 * limit && limit < ram', true],
    ['pss > 500 * MB && pss < 1 * GB', true],
    ['age >= 1000 && age < 1 * hour', true],
    ['name.startsWith("we") && unit == "web.service"', true],
    ['user in ["root", "app"]', true],
    ['container == "" ? pss > 1.0 : false', true],
    ['!firing && pss > (firing ? 450 : 500) * MiB', true],
    ['pss < -1 || -pss < -5', true],
    ['2 * pss * 3 > 3500 * MiB && (1 + pss) / 2 - 1 > 299 * MiB', true],
  ])('%s is %s', async (expression, expected) => {
    expect(await met(expression)).toBe(expected);
  });

  it('shows what it looked at', async () => {
    const verdict = await ask({ expression: 'pss > 500 * MiB && name == "web" && age > 1.0' }, { members: [web] });
    expect(verdict).toMatchObject({ met: true, value: 1, limit: 1, unit: 'count' });
    expect(verdict?.because()).toBe(
      'pss > 500 * MiB && name == "web" && age > 1.0 is true: pss 600 MiB, name "web", age 16m40s',
    );
  });

  it('tells names as strangers wrote them: whoever shows them escapes them, once', async () => {
    const evil = sample({ pid: 11, pss: MiB, name: 'a\n\u001b[2J' });
    const verdict = await ask({ expression: 'name != "web" && pss > 0' }, { members: [evil] });
    expect(verdict?.because()).toContain('name "a\n\u001b[2J"');
  });

  it('has no answer when it has none to give', async () => {
    expect(await met('pss > 0 && 10 % (size(name) - 3) == 1')).toBeUndefined();
  });

  it.each([
    ['pss / (count - 1.0) > 5.0', 'at character 1: this divides by 0, with pss 600 MiB, count 1'],
    ['swap + pss / (1 - count) != 5.0', 'at character 8: this divides by 0, with swap 50.0 MiB, pss 600 MiB, count 1'],
    ['!((count - 1.0) / (count - 1.0) > 5.0)', 'at character 4: this divides by 0, with count 1'],
    ['pss > 1 && [pss / (count - 1.0)][0] > 5.0', 'at character 13: this divides by 0, with pss 600 MiB, count 1'],
    ['count > 0 && 10 % (size(name) - 3) == 1', 'at character 14: this divides by 0, with count 1, name "web"'],
    [
      'count * 1e300 * 1e300 - count * 1e300 * 1e300 != 0.0',
      'at character 1: this is no number: it subtracts what is too big from itself, or multiplies it by 0, with count 1',
    ],
  ])('%s has no answer, and says why', async (expression, expected) => {
    const { test, fault } = await condition({ expression });
    const view = target({ members: [web] });
    expect(test(view)).toBeUndefined();
    expect(fault?.(view)).toBe(`${expression} has no value: ${expected}`);
  });

  it.each([
    ['pss / (count - 1.0) > 5.0 || pss > 1', true],
    ['count > 1 && pss / (count - 1.0) > 5.0', false],
    ['count > 1 ? pss / (count - 1.0) > 5.0 : pss > 1', true],
    ['(count > 1 ? [pss / (count - 1.0)] : [7.0])[0] > 5.0', true],
    ['pss * 1e300 * 1e300 > 5.0', true],
  ])('%s is %s, as nothing hangs on the division', async (expression, expected) => {
    const { test, fault } = await condition({ expression });
    const view = target({ members: [web] });
    expect(test(view)?.met).toBe(expected);
    expect(fault?.(view)).toBeUndefined();
  });

  it('finds no fault in what is only not known yet', async () => {
    const { fault } = await condition({ expression: '1 / (pss - 700 * MiB) > 0' });
    expect(fault?.(target(some))).toBeUndefined();
  });

  it('names what all members have in common and nothing else', async () => {
    const members = [web, sample({ pid: 11, pss: MiB, unit: 'other.service' })];
    expect(await met('unit == "" && name == "web" && count == 2', members)).toBe(true);
  });
});

/** Beside `web` one that was not read: together 600 MiB to 900 MiB of PSS, and 50 MiB to 250 MiB in swap. */
const unread: ProcessSample = { ...sample({ pid: 11, rss: 300 * MiB }), swap: 200 * MiB };
const some = { members: [web, unread] };
const doubts = async (expression: string, moment: Moment = some) =>
  (await condition({ expression })).doubts?.(target(moment));

describe('an expression over figures within bounds', () => {
  it.each([
    ['pss > 599 * MiB', true],
    ['pss > 600 * MiB', undefined],
    ['pss >= 600 * MiB', true],
    ['pss >= 900 * MiB', undefined],
    ['pss > 900 * MiB', false],
    ['pss == 601 * MiB', undefined],
    ['pss != 901 * MiB', true],
    ['pss / 2 - 10 * MiB < 450 * MiB && swap + pss < 1151 * MiB', true],
    ['pss / swap > 2', true],
    ['1 / (pss - 700 * MiB) > 0', undefined],
    ['pss > 1 * TiB && uss > 700 * MiB', false],
    ['uss > 700 * MiB || pss > 100 * MiB', true],
    ['uss > 700 * MiB && pss > 100 * MiB', undefined],
    ['uss > 700 * MiB ? pss > 2 : pss > 1', true],
    ['uss > 700 * MiB ? pss > 2 : pss < 1', undefined],
    ['!(pss > 1 * TiB) && (pss > 1 * TiB) == firing', true],
    ['name.startsWith("w") && pss > 1', true],
    ['pss in [1.0, 2.0]', undefined],
    ['pss in [1.0, 2.0] || count > 1', true],
  ])('%s is %s', async (expression, expected) => {
    expect((await ask({ expression }, some))?.met).toBe(expected);
  });

  it('is not fooled by what may be no number', async () => {
    const expression = 'memory * 1e300 * 1e300 - memory * 1e300 * 1e300 >= -1e300 * 1e300';
    expect(await ask({ expression }, { members: [sample({ pid: 11, rss: 300 * MiB })] })).toBeUndefined();
  });

  it('says what it saw', async () => {
    const verdict = await ask({ expression: 'pss > 500 * MiB && !firing' }, some);
    expect(verdict?.because()).toBe('pss > 500 * MiB && !firing is true: pss 600 MiB to 900 MiB, firing false');
    expect(verdict).toMatchObject({ value: 1, rough: true });
    expect(await ask({ expression: 'count == 2 && name == "web"' }, some)).toMatchObject({ rough: false });
  });

  it('has an answer where a figure that is not to be had does not matter', async () => {
    const host = { memory: { total: GiB, available: 0, anon: 0, mapped: 0, swapTotal: 0, swapFree: 0 } };
    const verdict = await ask({ expression: 'total > 1 || pss > 1' }, { ...some, host });
    expect(verdict?.because()).toContain('total not known, pss 600 MiB');
    expect(await ask({ expression: 'total > 1 && pss > 1' }, { ...some, host })).toBeUndefined();
    expect(await doubts('pss / total > 0.5 || total + uss > swap', { ...some, host })).toEqual([]);
  });
});

describe('the doubts of an expression', () => {
  it.each([
    ['pss > 500 * MiB', []],
    ['pss > 700 * MiB', [{ measure: 'pss', limit: 700 * MiB }]],
    ['700 * MiB >= pss', [{ measure: 'pss', limit: 700 * MiB }]],
    ['!(pss < (firing ? 650 : 750) * MiB)', [{ measure: 'pss', limit: 750 * MiB }]],
    ['-pss / 2 + 100 * MiB < -250 * MiB', [{ measure: 'pss', limit: 700 * MiB }]],
    ['3 * (pss - 100 * MiB) > 1800 * MiB', [{ measure: 'pss', limit: 700 * MiB }]],
    ['pss * 3 > 2100 * MiB', [{ measure: 'pss', limit: 700 * MiB }]],
    ['7000 * MiB / pss < 10', [{ measure: 'pss', limit: 700 * MiB }]],
    ['1000 * MiB - pss < 300 * MiB', [{ measure: 'pss', limit: 700 * MiB }]],
    ['pss / ram > 0.05', [{ measure: 'pss', limit: 0.05 * 16 * GiB }]],
    ['(count > 1 ? pss : uss) > 700 * MiB', [{ measure: 'pss', limit: 700 * MiB }]],
    ['(uss > 700 * MiB ? pss : swap) > 700 * MiB', [{ measure: 'uss', limit: 700 * MiB }]],
    ['pss > 500 * MiB && uss > 700 * MiB', [{ measure: 'uss', limit: 700 * MiB }]],
    [
      'pss > 700 * MiB || swap > 100 * MiB',
      [
        { measure: 'pss', limit: 700 * MiB },
        { measure: 'swap', limit: 100 * MiB },
      ],
    ],
    ['pss > 700 * MiB && swap > 1 * GiB', []],
    ['uss / pss > 0.8', [{ measure: 'uss' }, { measure: 'pss' }]],
    ['uss * 0 + pss + swap > 800 * MiB', [{ measure: 'pss' }, { measure: 'swap' }]],
    ['pss in [1.0, 2.0] && name == "web"', [{ measure: 'pss' }]],
    ['1 / (pss - 700 * MiB) > 0', [{ measure: 'pss' }]],
    ['pss / (count - 2.0) > 5.0', []],
    ['count > 1 && pss > 700 * MiB && 10 % (size(name) - 3) == 1', [{ measure: 'pss', limit: 700 * MiB }]],
  ])('%s are %j', async (expression, expected) => {
    expect(await doubts(expression)).toEqual(expected);
  });

  it('are about ages in ms, as limits of them are', async () => {
    const view = target(some);
    const blurred = new Proxy(view, {
      get: (of, key) => (key === 'measure' ? () => ({ low: 5000, high: 9000 }) : Reflect.get(of, key, of)),
    });
    const { doubts, test } = await condition({ expression: 'age > 7' });
    expect(doubts?.(blurred)).toEqual([{ measure: 'age', limit: 7000 }]);
    expect(test(blurred)).toBeUndefined();
  });
});

describe('an expression that makes no sense', () => {
  it.each([
    ['pss >', /^: at character 6: /],
    ['psss > 1', /^: at character 1: Unknown variable: psss: did you mean pss\?$/],
    ['pss > 1 * Mib', /^: at character 11: Unknown variable: Mib: did you mean MiB\?$/],
    ['cpu > 1', /^: at character 1: Unknown variable: cpu; the names are pss swap .* MiB/],
    ['pss > 500MiB', /^: at character 10: .*: write 500 \* MiB$/],
    ['pss > 1.5 GiB', /^: at character 11: .*: write 1\.5 \* GiB$/],
    ['pss > 1 and count > 2', /^: at character 9: .*: write &&$/],
    ['pss > 1 or count > 2', /^: at character 9: .*: write \|\|$/],
    ['count = 5', /^: at character 7: .*: write ==$/],
    ['pss > "', /^: at character 7: Unterminated string$/],
    ['pss / 0 > 1', /^: at character 1: this divides by 0$/],
    ['1 % 0 > 1 || pss > 1', /^: at character 1: this divides by 0$/],
    ['pss / (count - 1.0) > 0.0 && pss / 0.0 > 1', /^: at character 30: this divides by 0$/],
    ['pss > 1 && uss + name > 2', /^: at character 12: no such overload/],
    ['pss * 2', /^: it gives double, and must give true or false/],
    ['1 < 2', /it looks at nothing/],
    ['pss > 1 / 2 * ram', /^: at character 7: .*write 1.0 \/ 2/],
    ['pss > 1 % 0', /this divides by 0/],
    ['pss > 1 && name.matches("(a+)+$")', /matches may not be used here; the functions are startsWith/],
    ['[pss].exists(x, x > 1)', /exists may not be used here/],
    ['type(pss) == double', /type may not be used here/],
  ])('%s is refused with place and reason', async (expression, expected) => {
    expect(await refusal({ expression })).toMatch(expected);
  });

  it('is refused when it is too deep or too long', async () => {
    expect(await refusal({ expression: `${'('.repeat(40)}pss${')'.repeat(40)} > 1` })).toMatch(/maxDepth/);
    expect(await refusal({ expression: `pss > 1${' && pss > 1'.repeat(180)}` })).toMatch(/maxAstNodes/);
  });
});
