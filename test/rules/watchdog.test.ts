import { describe, expect, it } from 'vitest';
import { watchBoot } from './budgeted.ts';
import { GiB, HOUR, MiB } from './play.ts';
import { shippedRules } from './shipped.ts';

/** Resident pages that come near the limit of its unit, most of them shared with others: only a reading tells. */
const database = (rss: number) => ({ name: 'db', rss, pss: rss / 2, ceiling: rss * 1.05 });
const small = { name: 'web', rss: 200 * MiB, pss: 150 * MiB, ceiling: GiB };

describe('the rule undecided', () => {
  it('says nothing from the boot on of a host whose big process may be read every ten minutes', async () => {
    expect(watchBoot(await shippedRules(), [database(30 * GiB), small], 4 * HOUR)).toEqual([]);
  });

  it('says nothing of a huge one as long as no rule depends on it', async () => {
    const huge = { name: 'db', rss: 300 * GiB, pss: 300 * GiB, ceiling: 400 * GiB };
    expect(watchBoot(await shippedRules('undecided', 'unit-near-limit'), [huge, small], 4 * HOUR)).toEqual([]);
  });

  it('tells of a rule that waits longer than a quarter of an hour for a walk', async () => {
    const rules = await shippedRules('undecided', 'unit-near-limit', 'unit-at-limit');
    expect(watchBoot(rules, [database(120 * GiB), small], HOUR)).toEqual(['915 s: fired undecided every process']);
  });

  it('tells of what may not be read at all', async () => {
    const rules = await shippedRules('undecided', 'unit-near-limit', 'unit-at-limit');
    const dark = { name: 'dark', rss: GiB, pss: GiB, ceiling: GiB, denied: true };
    expect(watchBoot(rules, [dark, small], HOUR)).toEqual(['910 s: fired undecided every process']);
  });
});
