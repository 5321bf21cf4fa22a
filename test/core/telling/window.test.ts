import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOpen, parseClock, parseDays, type TimeWindow } from '../../../src/core/telling/window.ts';
import { instantOf, wallTime } from '../../../src/core/telling/zone.ts';

const MINUTE = 60_000;
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];

function window(from: string, to: string, more: Partial<TimeWindow> = {}): TimeWindow {
  return { days: EVERY_DAY, from: parseClock(from), to: parseClock(to), zone: 'Europe/Berlin', ...more };
}

/** For how many minutes a window is open between two moments. */
function minutesOpen(of: TimeWindow, from: string, to: string): number {
  let open = 0;
  for (let time = Date.parse(from); time < Date.parse(to); time += MINUTE) if (isOpen(of, time)) open += 1;
  return open;
}

describe('a window', () => {
  it('is open from its beginning until just before its end, on its days', () => {
    const office = window('08:00', '18:00', { days: parseDays('mon-fri') });
    const at = (text: string): boolean => isOpen(office, Date.parse(text));
    expect(at('2026-07-06T07:59:59+02:00')).toBe(false);
    expect(at('2026-07-06T08:00:00+02:00')).toBe(true);
    expect(at('2026-07-06T17:59:59+02:00')).toBe(true);
    expect(at('2026-07-06T18:00:00+02:00')).toBe(false);
    expect(at('2026-07-05T12:00:00+02:00')).toBe(false);
  });

  it('over midnight belongs to the day on which it begins', () => {
    const night = window('22:00', '06:00', { days: parseDays('fri') });
    const at = (text: string): boolean => isOpen(night, Date.parse(text));
    expect(at('2026-07-03T05:00:00+02:00')).toBe(false);
    expect(at('2026-07-03T23:00:00+02:00')).toBe(true);
    expect(at('2026-07-04T05:59:00+02:00')).toBe(true);
    expect(at('2026-07-04T06:00:00+02:00')).toBe(false);
    expect(at('2026-07-04T23:00:00+02:00')).toBe(false);
  });

  it.each([
    // Berlin: 02:00 to 03:00 is left out on 29 March 2026 and comes twice on 25 October.
    { zone: 'Europe/Berlin', from: '2026-03-28T23:00Z', to: '2026-03-29T22:00Z', oneToThree: 60, twoToThree: 0 },
    { zone: 'Europe/Berlin', from: '2026-10-24T22:00Z', to: '2026-10-25T23:00Z', oneToThree: 180, twoToThree: 120 },
    // New York: the same on 8 March and, from 01:00 to 02:00, on 1 November.
    { zone: 'America/New_York', from: '2026-03-08T05:00Z', to: '2026-03-09T04:00Z', oneToThree: 60, twoToThree: 0 },
    { zone: 'America/New_York', from: '2026-11-01T04:00Z', to: '2026-11-02T05:00Z', oneToThree: 180, twoToThree: 60 },
  ])('in $zone on the day from $from goes by the clock on the wall', ({ zone, from, to, oneToThree, twoToThree }) => {
    expect(minutesOpen(window('01:00', '03:00', { zone }), from, to)).toBe(oneToThree);
    expect(minutesOpen(window('02:00', '03:00', { zone }), from, to)).toBe(twoToThree);
  });

  it('of a whole day is open on all of it, however long that is', () => {
    const whole = window('00:00', '24:00', { days: parseDays('sun') });
    expect(minutesOpen(whole, '2026-03-28T12:00Z', '2026-03-30T12:00Z')).toBe(23 * 60);
    expect(minutesOpen(whole, '2026-10-24T12:00Z', '2026-10-26T12:00Z')).toBe(25 * 60);
  });

  it('and the one that begins where it ends never overlap, and leave nothing out', () => {
    const clock = fc.integer({ min: 0, max: 1439 });
    const time = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2027-01-01') });
    const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC');
    fc.assert(
      fc.property(fc.record({ from: clock, to: clock, at: time, where: zone }), ({ from, to, at, where }) => {
        fc.pre(from !== to);
        const one = isOpen({ days: EVERY_DAY, from, to, zone: where }, at);
        const other = isOpen({ days: EVERY_DAY, from: to, to: from, zone: where }, at);
        expect(one).not.toBe(other);
      }),
    );
  });
});

describe('a wall clock', () => {
  it('and the moment at which it shows a time belong together', () => {
    const time = fc.integer({ min: Date.parse('2000-01-01'), max: Date.parse('2038-01-01') });
    const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Auckland', 'UTC');
    fc.assert(
      fc.property(time, zone, (at, where) => {
        const wall = wallTime(where, at);
        const back = instantOf(where, wall);
        // A time that comes twice is taken the first time.
        expect(wallTime(where, back)).toBe(wall);
        expect([0, 3_600_000]).toContain(at - back);
      }),
    );
  });

  it('that never shows a time passes it by as long as the gap is', () => {
    const wall = Date.UTC(2026, 2, 29, 2, 30);
    expect(new Date(instantOf('Europe/Berlin', wall)).toISOString()).toBe('2026-03-29T01:30:00.000Z');
    const twice = Date.UTC(2026, 9, 25, 2, 30);
    expect(new Date(instantOf('Europe/Berlin', twice)).toISOString()).toBe('2026-10-25T00:30:00.000Z');
  });
});

it('reads days and times, and says what to write', () => {
  expect(parseDays('mon-fri')).toEqual([1, 2, 3, 4, 5]);
  expect(parseDays('Sat')).toEqual([6]);
  expect(parseDays('fri-mon')).toEqual([5, 6, 0, 1]);
  expect(() => parseDays('monday')).toThrow('write mon-fri or sat');
  expect(parseClock('24:00')).toBe(1440);
  expect(() => parseClock('24:01')).toThrow('no time of the day');
  expect(() => parseClock('8am')).toThrow('write 08:30');
});
