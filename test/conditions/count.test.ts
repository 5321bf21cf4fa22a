import { describe, expect, it } from 'vitest';
import { MiB, sample } from '../core/world.ts';
import { ask, condition, refusal } from './target.ts';

const processes = (count: number) => Array.from({ length: count }, (_, index) => sample({ pid: 10 + index, pss: MiB }));

describe('count', () => {
  it.each([
    [{ above: 2 }, 3, true],
    [{ above: 2 }, 2, false],
    [{ below: 1 }, 0, true],
    [{ below: 1 }, 1, false],
    [{ equals: 2 }, 2, true],
    [{ equals: 2 }, 3, false],
    [{ above: 4, below: 2 }, 1, true],
    [{ above: 4, below: 2 }, 3, false],
    [{ above: 4, below: 2 }, 5, true],
  ])('%j of %d processes: %s', async (options, count, met) => {
    expect((await ask({ count: options }, { members: processes(count) }))?.met).toBe(met);
  });

  it('counts processes that may not be read', async () => {
    const members = [sample({ pid: 10, rss: MiB, unread: 'denied' })];
    expect((await ask({ count: { above: 0 } }, { members }))?.because()).toBe('1 process matches, more than 0');
  });

  it('is asked of the whole selection', async () => {
    expect((await condition({ count: { above: 2 } })).wholeSelection).toBe(true);
  });

  it('refuses what would always hold, and two questions at once', async () => {
    expect(await refusal({ count: { above: 2, below: 4 } })).toMatch(/^below: .*never clears/);
    expect(await refusal({ count: { equals: 2, below: 4 } })).toMatch(/^equals: /);
  });
});

describe('absent', () => {
  it('holds while no process matches', async () => {
    expect(await ask({ absent: {} }, {})).toMatchObject({ met: true, value: 0 });
    expect((await ask({ absent: {} }, {}))?.because()).toBe('no process matches');
    const present = await ask({ absent: {} }, { members: processes(2) });
    expect(present).toMatchObject({ met: false, value: 2 });
    expect(present?.because()).toBe('2 processes match');
  });

  it('is asked of the whole selection, also inside another condition', async () => {
    expect((await condition({ absent: {} })).wholeSelection).toBe(true);
    expect((await condition({ not: { absent: {} } })).wholeSelection).toBe(true);
    expect((await condition({ all: [{ above: { count: 1 } }, { absent: {} }] })).wholeSelection).toBe(true);
    expect((await condition({ times: { when: { absent: {} }, holds: 1, of: 2 } })).wholeSelection).toBe(true);
    expect((await condition({ all: [{ above: { count: 1 } }] })).wholeSelection).toBeUndefined();
  });
});
