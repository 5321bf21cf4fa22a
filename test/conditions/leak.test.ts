import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/core/types.ts';
import { MiB, sample } from '../core/world.ts';
import { condition, follow, refusal } from './target.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
const STEP = 120;

/** What a process holds so many seconds into the story; it is another process in each life. */
interface Sizes {
  readonly pss: number;
  readonly uss?: number;
  readonly rss?: number;
  readonly file?: number;
  readonly life?: number;
}

/** Noise that is the same in every run, -1 to 1, with nothing slow in it. */
const noise = (second: number): number => 2 * ((Math.abs(Math.sin(second * 12.9898)) * 43758.5453) % 1) - 1;

/** Follows one process as the daemon does. @returns the verdict at the end, and the first second at which it was met. */
async function watch(
  options: object,
  story: { seconds: number; step?: number; firing?: (second: number) => boolean; size: (second: number) => Sizes },
): Promise<{ last: Verdict | undefined; met: number | undefined }> {
  const followed = follow(await condition({ leak: options }));
  let last: Verdict | undefined;
  let met: number | undefined;
  for (let second = 0; second <= story.seconds; second += story.step ?? STEP) {
    const { life = 0, pss, uss = pss, rss = pss, file = 0 } = story.size(second);
    const made = sample({ pid: 7 + life, startedAt: life * 1000, pss: pss * MiB, uss: uss * MiB, rss: rss * MiB });
    const member = { ...made, exact: { ...made.exact, at: second * 1000, file: file * MiB } as never };
    const firing = story.firing?.(second) ?? false;
    last = followed.ask({ members: [member], seconds: second, firing });
    if (last?.met) met ??= second;
  }
  return { last, met };
}

const growing =
  (rate: number) =>
  (second: number): Sizes => ({ pss: 500 + (rate * second) / HOUR + 3 * noise(second) });

describe('leak', () => {
  it('is confirmed after a day of steady growth, and says how fast and since when', async () => {
    const { last, met } = await watch({}, { seconds: 1.5 * DAY, size: growing(5) });
    // The last bucket of the day has only begun.
    expect(met).toBeGreaterThanOrEqual(0.97 * DAY);
    expect(met).toBeLessThan(1.1 * DAY);
    expect(last?.unit).toBe('bytes');
    expect(last?.value).toBeGreaterThan(70 * MiB);
    expect(last?.because()).toMatch(
      /^8\d\.\d MiB \(1\d\.\d %\) more are retained than 1d ago, (4\.[89]|5\.[01])\d? MiB\/h, for about 1d1[0-2]h: evenly/,
    );
  });

  it('dates a leak that began late', async () => {
    const size = (second: number): Sizes => ({
      pss: 500 + (30 * Math.max(0, second - 3 * DAY)) / HOUR + 2 * noise(second),
    });
    const { last, met } = await watch({}, { seconds: 3.6 * DAY, size });
    expect((met ?? 0) - 3 * DAY).toBeLessThan(10 * HOUR);
    const since = /for about (\d+)h/.exec(last?.because() ?? '')?.[1];
    expect(Math.abs(Number(since) - 14.4)).toBeLessThan(4);
  });

  it('is only suspected before it was watched for long enough', async () => {
    const { last, met } = await watch({ grade: 'suspected' }, { seconds: 16 * HOUR, size: growing(10) });
    expect(met).toBeLessThan(12 * HOUR);
    expect(last?.because()).toMatch(/^perhaps a leak: .* but it has not been watched for long enough$/);
    expect((await watch({}, { seconds: 16 * HOUR, size: growing(10) })).met).toBeUndefined();
  });

  it('pages for a fifth of the level', async () => {
    const paged = await watch({ grade: 'page' }, { seconds: 1.5 * DAY, size: growing(8) });
    expect(paged.last?.because()).toMatch(/; it took a fifth or more, or comes near the ceiling of 16.0 GiB$/);
    expect((await watch({ grade: 'page' }, { seconds: 1.2 * DAY, size: growing(3) })).met).toBeUndefined();
  });

  it('judges a run of minutes, when it is told to', async () => {
    const size = (second: number): Sizes => ({ pss: 100 + second / 120 });
    const { met } = await watch({ over: '1h' }, { seconds: 2 * HOUR, step: 5, size });
    expect(met).toBeLessThan(1.5 * HOUR);
  });

  const HEALTHY: Record<string, { size: (second: number) => Sizes; why: RegExp }> = {
    'stands still': { size: () => ({ pss: 500 }), why: /^no leak: no more is retained than/ },
    'is a collector': { size: (second) => ({ pss: 300 + (200 * (second % 3000)) / 3000 }), why: /^no leak/ },
    'jumps once': {
      size: (second) => ({ pss: second < 20 * HOUR ? 300 : 400 }),
      why: /it came in few steps|no more is retained/,
    },
    'warms up': {
      size: (second) => ({ pss: 900 - 600 * Math.exp(-second / (9 * HOUR)) }),
      why: /slows down|warming up|too little|every part/,
    },
    'follows the day': {
      size: (second) => ({ pss: 500 - 150 * Math.cos((2 * Math.PI * second) / DAY) }),
      why: /^no leak/,
    },
    'has file pages mapped': { size: (second) => ({ pss: 300 + second / HOUR, file: second / HOUR }), why: /^no leak/ },
    'is left by its siblings': {
      size: (second) => ({ pss: 300 + (5 * second) / HOUR, uss: 100, rss: 1000 }),
      why: /private and resident memory did not grow with it/,
    },
    'is alone with what it shared': {
      size: (second) => ({ pss: 300 + (5 * second) / HOUR, uss: 300 + (5 * second) / HOUR, rss: 1000 }),
      why: /private and resident memory did not grow with it/,
    },
  };
  for (const [name, { size, why }] of Object.entries(HEALTHY)) {
    it(`is not found where a process ${name}, and the verdict says why`, async () => {
      const { last, met } = await watch({}, { seconds: 2.5 * DAY, size });
      expect(met).toBeUndefined();
      expect(last?.because()).toMatch(why);
    });
  }

  it('finds a service that leaks in every life, though none of them lasts for a day', async () => {
    const size = (second: number): Sizes => {
      const life = Math.floor(second / (14 * HOUR));
      return { pss: 500 + (5 * (second - life * 14 * HOUR)) / HOUR + 2 * noise(second), life: 1 + life * 14 * HOUR };
    };
    const { last, met } = await watch({}, { seconds: 2 * DAY, size });
    expect(met).toBeLessThan(1.6 * DAY);
    expect(last?.because()).toMatch(/^it leaks in every life: in each of the last \d/);
  });

  it('holds while it fires, and ends when memory is given back', async () => {
    const back = 2 * DAY;
    const flat = (second: number): Sizes => ({ pss: 500 + (5 * Math.min(second, 1.5 * DAY)) / HOUR });
    const held = await watch({}, { seconds: back, firing: (second) => second > 1.2 * DAY, size: flat });
    expect(held.last?.met).toBe(true);
    const given = (second: number): Sizes => (second < back ? flat(second) : { pss: 520 });
    const ended = await watch({}, { seconds: back + HOUR, firing: (second) => second > 1.2 * DAY, size: given });
    expect(ended.last?.met).toBe(false);
  });

  it('gives no verdict for what it could not read, nor after a gap that hides most of the time', async () => {
    const followed = follow(await condition({ leak: {} }));
    const unread = sample({ pid: 7, rss: 900 * MiB, unread: 'denied' });
    for (let hour = 0; hour < 60; hour += 1)
      expect(followed.ask({ members: [unread], seconds: hour * HOUR })).toBeUndefined();
    const sleepy = (second: number): Sizes => ({ pss: 500 + second / 1000 });
    const asleep = follow(await condition({ leak: {} }));
    for (let second = 0; second < 6 * DAY; second += second % DAY < HOUR ? 300 : DAY - HOUR) {
      const { pss } = sleepy(second);
      expect(asleep.ask({ members: [sample({ pid: 7, pss: pss * MiB })], seconds: second })?.met ?? false).toBe(false);
    }
  });

  it('refuses options that make no sense', async () => {
    expect(await refusal({ leak: { over: '1m' } })).toBe('over: write a time from 10m to 7d');
    expect(await refusal({ leak: { 'at-least': '3' } })).toMatch(/^at-least: size "3" has no unit/);
  });
});
