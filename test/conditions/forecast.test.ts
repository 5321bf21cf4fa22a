import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/core/types.ts';
import { GiB, MiB, sample } from '../core/world.ts';
import { condition, follow, refusal } from './target.ts';

const HOUR = 3600;

interface Story {
  readonly hours: number;
  readonly pss: (hour: number) => number;
  readonly ceiling?: number;
  readonly room?: number;
  readonly available?: number;
  readonly total?: number;
  /** Bytes of address space and of private writable memory that are mapped, MiB, under limits of 1 GiB. */
  readonly space?: (hour: number) => number;
  readonly data?: (hour: number) => number;
}

async function ask(
  options: object,
  { hours, pss, available = 8 * GiB, total = 16 * GiB, space, data, ...limits }: Story,
): Promise<Verdict | undefined> {
  const followed = follow(await condition({ forecast: options }));
  const memory = { total, available, anon: 0, mapped: 0, swapTotal: 0, swapFree: 0 };
  let verdict: Verdict | undefined;
  for (let second = 0; second <= hours * HOUR; second += 60) {
    const figures = { pid: 7, pss: pss(second / HOUR) * MiB, ...limits };
    const made = sample(figures);
    const used = { RLIMIT_AS: space?.(second / HOUR), RLIMIT_DATA: data?.(second / HOUR) };
    const own = (['RLIMIT_AS', 'RLIMIT_DATA'] as const).flatMap((name) => {
      const bytes = used[name];
      return bytes === undefined ? [] : [{ name, limit: GiB, used: bytes * MiB }];
    });
    const exact = { ...made.exact, at: second * 1000 } as never;
    const member = { ...made, exact, ...(own.length > 0 && { limits: own }) };
    verdict = followed.ask({ members: [member], seconds: second, host: { memory } });
  }
  return verdict;
}

const growing = { hours: 10, pss: (hour: number) => 100 + 10 * hour };

describe('forecast', () => {
  it('holds when a level is reached within the time, and says when', async () => {
    const verdict = await ask({ pss: '300MiB', within: '12h' }, growing);
    expect(verdict?.met).toBe(true);
    expect(verdict?.unit).toBe('duration');
    expect((verdict?.value ?? 0) / 3_600_000).toBeCloseTo(10, 0);
    expect(verdict?.because()).toMatch(
      /^pss reaches 300 MiB, in (9h5\dm|10h(\d+m)?) \(90\.0 % interval .* to .*\): it grew by 10\.0 MiB\/h in the last /,
    );
    expect((await ask({ pss: '300MiB', within: '8h' }, growing))?.met).toBe(false);
  });

  it('has no answer where neither a limit nor the memory of the host is known', async () => {
    const unknown = { ...growing, total: 0, available: 0 };
    expect(await ask({ within: '4w' }, unknown)).toBeUndefined();
    expect(await ask({ pss: '90% of ram', within: '4w' }, unknown)).toBeUndefined();
    expect((await ask({ within: '12h' }, { ...unknown, ceiling: 300 * MiB }))?.met).toBe(true);
  });

  it('wants more time before it is sure', async () => {
    expect((await ask({ pss: '300MiB', within: '10h30m' }, growing))?.met).toBe(true);
    expect((await ask({ pss: '300MiB', within: '10h30m', confidence: 0.95 }, growing))?.met).toBe(false);
    expect((await ask({ pss: '300MiB', within: '1d', confidence: 0.95 }, growing))?.met).toBe(true);
  });

  it('means the nearest ceiling: of the cgroup, or what the host has left', async () => {
    const cgroup = await ask({ within: '6h' }, { ...growing, ceiling: 250 * MiB });
    expect(cgroup?.met).toBe(true);
    expect(cgroup?.because()).toMatch(/^memory reaches 250 MiB, the limit of its cgroups, in (4h5|5h)/);
    const host = await ask({ within: '12h' }, { ...growing, available: 100 * MiB });
    expect(host?.because()).toMatch(/^memory reaches 300 MiB, all that the host has left for it, in (9h|10h)/);
    const total = await ask({ within: '30d' }, { ...growing, available: 20 * GiB });
    expect(total?.because()).toMatch(/^memory reaches 16\.0 GiB, the memory of the host, in 6\dd/);
  });

  it('means what its neighbours leave of a ceiling, where that is nearer', async () => {
    const limits = { ceiling: 900 * MiB, room: 50 * MiB };
    const crowded = await ask({ within: '6h' }, { ...growing, ...limits });
    expect(crowded?.met).toBe(true);
    expect(crowded?.because()).toMatch(
      /^memory reaches 250 MiB, all that others leave it of the limit of its cgroups, in (4h[345]|5h)/,
    );
    const past = await ask({ within: '6h' }, { ...growing, ceiling: 190 * MiB });
    expect(past?.because()).toBe('memory is 200 MiB, past 190 MiB, the limit of its cgroups');
    const full = { ceiling: 900 * MiB, room: 0 };
    expect((await ask({ within: '6h' }, { ...growing, ...full }))?.met).toBe(true);
    // Others took it all: that is not the doing of who stands still.
    expect((await ask({ within: '6h' }, { hours: 10, pss: () => 100, ...full }))?.met).toBe(false);
  });

  it('means a limit of the process itself, where what it has mapped reaches that first', async () => {
    const space = (hour: number): number => 800 + 12 * hour;
    const mapped = await ask({ within: '12h' }, { ...growing, space, ceiling: 900 * MiB });
    expect(mapped?.met).toBe(true);
    expect((mapped?.value ?? 0) / 3_600_000).toBeCloseTo(8.7, 0);
    expect(mapped?.because()).toMatch(
      /^address space reaches RLIMIT_AS of 1\.00 GiB, in 8h\d+m \(90\.0 % interval .*\): it grew by 12\.0 MiB\/h/,
    );
    const data = await ask({ within: '6h' }, { ...growing, space, data: (hour) => 800 + 20 * hour });
    expect(data?.because()).toMatch(/^private writable memory reaches RLIMIT_DATA of 1\.00 GiB, in 1h/);
    const nearer = await ask({ within: '6h' }, { ...growing, space, ceiling: 250 * MiB });
    expect(nearer?.because()).toMatch(/^memory reaches 250 MiB, the limit of its cgroups/);
  });

  it('does not take a heap that was reserved at the start for one that grows to a limit', async () => {
    const reserved = await ask({ within: '30d' }, { ...growing, space: () => 1000 });
    expect(reserved?.because()).toMatch(/^memory reaches /);
    const level = await ask({ pss: '4GiB', within: '12h' }, { ...growing, space: (hour) => 900 + 12 * hour });
    expect(level?.met, 'a level was asked for, not the nearest ceiling').toBe(false);
  });

  it('does not hold for what does not grow, and says so; it holds for what is there', async () => {
    const flat = await ask({ pss: '300MiB', within: '30d' }, { hours: 10, pss: () => 100 });
    expect(flat?.met).toBe(false);
    expect(Number.isFinite(flat?.value)).toBe(true);
    expect(flat?.because()).toBe('pss does not grow at one rate towards 300 MiB');
    const there = await ask({ pss: '300MiB', within: '1h' }, { hours: 10, pss: () => 310 });
    expect(there?.met).toBe(true);
    expect(there?.because()).toBe('pss is 310 MiB, past 300 MiB');
  });

  it('can not tell of what it has only begun to see', async () => {
    expect(await ask({ pss: '300MiB', within: '12h' }, { hours: 0.5, pss: () => 100 })).toBeUndefined();
  });

  it('refuses options that make no sense', async () => {
    expect(await refusal({ forecast: { pss: '1GiB', uss: '1GiB', within: '1d' } })).toMatch(/takes one measure/);
    expect(await refusal({ forecast: { within: '1s' } })).toBe('within: write a time from 1m to 30d');
  });
});
