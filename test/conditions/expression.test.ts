import { describe, expect, it } from 'vitest';
import { GiB, MiB, sample } from '../core/world.ts';
import { ask, refusal } from './target.ts';

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

  it('escapes names, which strangers write', async () => {
    const evil = sample({ pid: 11, pss: MiB, name: 'a\n\u001b[2J' });
    const verdict = await ask({ expression: 'name != "web" && pss > 0' }, { members: [evil] });
    expect(verdict?.because()).not.toContain('\n');
    expect(verdict?.because()).not.toContain('\u001b');
  });

  it('has no answer when a measure that it uses is not known exactly', async () => {
    const members = [web, sample({ pid: 11, rss: MiB, unread: 'denied' })];
    expect(await met('pss > 1 * MiB', members)).toBeUndefined();
    expect(await met('count > 1', members)).toBe(true);
  });

  it('has no answer when it has none to give', async () => {
    expect(await met('pss > 0 && 10 % (size(name) - 3) == 1')).toBeUndefined();
  });

  it('names what all members have in common and nothing else', async () => {
    const members = [web, sample({ pid: 11, pss: MiB, unit: 'other.service' })];
    expect(await met('unit == "" && name == "web" && count == 2', members)).toBe(true);
  });
});

describe('an expression that makes no sense', () => {
  it.each([
    ['pss >', /^: at character 6: /],
    ['psss > 1', /^: at character 1: Unknown variable: psss; the names are pss swap .* MiB/],
    ['pss > 1 && uss + name > 2', /^: at character 12: no such overload/],
    ['pss * 2', /^: it gives double, and must give true or false/],
    ['1 < 2', /it looks at nothing/],
    ['pss > 1 / 2 * ram', /^: at character 7: .*write 1.0 \/ 2/],
    ['pss > 1 % 0', /modulo by zero/],
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
