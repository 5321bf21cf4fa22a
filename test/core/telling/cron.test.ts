import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastRound, parseCron } from '../../../src/core/telling/cron.ts';
import { wallTime } from '../../../src/core/telling/zone.ts';

const DAY = 86_400_000;

function last(expression: string, time: string, { zone = 'UTC', within = 400 * DAY } = {}): string | undefined {
  const found = lastRound(parseCron(expression), { zone, time: Date.parse(time), within });
  return found === undefined ? undefined : new Date(found).toISOString().replace(':00.000Z', 'Z');
}

describe('a cron expression', () => {
  it('comes round at its minutes, hours, days and months', () => {
    expect(last('0 2 * * *', '2026-07-06T01:59Z')).toBe('2026-07-05T02:00Z');
    expect(last('0 2 * * *', '2026-07-06T02:00Z')).toBe('2026-07-06T02:00Z');
    expect(last('*/15 * * * *', '2026-07-06T02:44Z')).toBe('2026-07-06T02:30Z');
    expect(last('0 22 * * mon-fri', '2026-07-06T12:00Z')).toBe('2026-07-03T22:00Z');
    expect(last('30 4 1 jan,jul *', '2026-06-30T12:00Z')).toBe('2026-01-01T04:30Z');
    expect(last('0 0 * * 7', '2026-07-06T12:00Z')).toBe('2026-07-05T00:00Z');
  });

  it('with both kinds of days comes round on either, as cron has it', () => {
    expect(last('0 0 13 * fri', '2026-07-14T00:00Z')).toBe('2026-07-13T00:00Z');
    expect(last('0 0 13 * fri', '2026-07-12T00:00Z')).toBe('2026-07-10T00:00Z');
  });

  it('looks no farther back than asked', () => {
    expect(last('0 2 * * *', '2026-07-06T12:00Z', { within: 10 * 3_600_000 })).toBe('2026-07-06T02:00Z');
    expect(last('0 2 * * *', '2026-07-06T12:00Z', { within: 9 * 3_600_000 })).toBeUndefined();
    expect(last('0 0 30 2 *', '2026-07-06T12:00Z', { within: 4000 * DAY })).toBeUndefined();
  });

  it('goes by the clock on the wall: what is left out comes later, what comes twice counts once', () => {
    const berlin = { zone: 'Europe/Berlin' };
    expect(last('30 2 * * *', '2026-03-29T12:00Z', berlin)).toBe('2026-03-29T01:30Z');
    expect(last('30 2 * * *', '2026-10-25T12:00Z', berlin)).toBe('2026-10-25T00:30Z');
    const york = { zone: 'America/New_York' };
    expect(last('30 2 * * *', '2026-03-08T12:00Z', york)).toBe('2026-03-08T07:30Z');
    expect(last('30 1 * * *', '2026-11-01T12:00Z', york)).toBe('2026-11-01T05:30Z');
  });

  it('never comes round later than asked, nor earlier than a minute-by-minute search says', () => {
    const fields = fc.tuple(
      fc.constantFrom('*', '0', '*/7', '5,35', '10-20'),
      fc.constantFrom('*', '1', '2', '*/5', '0-3'),
      fc.constantFrom('*', '1', '*/3'),
      fc.constant('*'),
      fc.constantFrom('*', 'sun', '1-5'),
    );
    // Away from the days on which clocks are changed, the search by minutes has nothing to argue about.
    const time = fc.integer({ min: Date.parse('2026-05-10') / 60_000, max: Date.parse('2026-09-01') / 60_000 });
    const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kolkata');
    fc.assert(
      fc.property(fields, time, zone, (written, minute, where) => {
        const cron = parseCron(written.join(' '));
        const found = lastRound(cron, { zone: where, time: minute * 60_000, within: DAY });
        expect(found).toBe(searched(cron, where, minute * 60_000));
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['0 2 * *', 'is no cron expression'],
    ['60 * * * *', '"60" is no minute'],
    ['* * 0 * *', 'is no day of the month'],
    ['* * * foo *', 'write 1 to 12 or a name such as feb'],
    ['*/0 * * * *', '"*/0" is no minute'],
    ['5-1 * * * *', '"5-1" is no minute'],
    ['1-2-3 * * * *', 'is no minute'],
    ['1,,2 * * * *', 'is no minute'],
  ])('is refused when it is wrong: %s', (text, why) => {
    expect(() => parseCron(text)).toThrow(why);
  });
});

function searched(cron: ReturnType<typeof parseCron>, zone: string, time: number): number | undefined {
  for (let at = time; at >= time - DAY; at -= 60_000) {
    const wall = new Date(wallTime(zone, at));
    const byDate = cron.days.has(wall.getUTCDate());
    const byWeekday = cron.weekdays.has(wall.getUTCDay());
    const onDay = cron.eitherDay ? byDate || byWeekday : byDate && byWeekday;
    if (cron.minutes.has(wall.getUTCMinutes()) && cron.hours.has(wall.getUTCHours()) && onDay) return at;
  }
  return undefined;
}
