import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatAge,
  formatBounds,
  formatDuration,
  formatSize,
  formatValue,
  parseDuration,
  parseLevel,
  parseRate,
  parseSize,
} from '../../src/core/units.ts';

describe('sizes', () => {
  it('tells binary from decimal prefixes', () => {
    expect(parseSize('500MiB')).toBe(500 * 2 ** 20);
    expect(parseSize('1.5 GB')).toBe(1.5e9);
    expect(parseSize('0B')).toBe(0);
  });

  it.each([
    ['500', 'has no unit'],
    ['500M', 'write "500MiB"'],
    ['500mb', 'write "500MB"'],
    ['500Mi', 'write "500MiB"'],
    ['500 gib', 'write "500GiB"'],
    ['5 apples', 'unknown unit "apples"'],
    ['', 'is not a size'],
    ['-1MiB', 'is not a size'],
    ['1e9', 'unknown unit|is not a size'],
    ['NaN', 'is not a size'],
  ])('refuses %j and says what to write', (text, message) => {
    expect(() => parseSize(text)).toThrow(new RegExp(message));
  });

  it('reads back what it prints, to the three digits that are shown', () => {
    fc.assert(
      fc.property(fc.double({ min: 1024, max: 2 ** 49, noNaN: true }), (bytes) => {
        const printed = formatSize(bytes);
        expect(Math.abs(parseSize(printed) - bytes) / bytes).toBeLessThan(0.006);
      }),
    );
  });
});

describe('durations', () => {
  it('adds up the parts', () => {
    expect(parseDuration('1h30m')).toBe(5.4e6);
    expect(parseDuration('1h 30m')).toBe(5.4e6);
    expect(parseDuration('250ms')).toBe(250);
    expect(parseDuration('7d')).toBe(6.048e8);
  });

  it.each([
    ['30', 'write "30s"'],
    ['5 minutes', 'unknown unit "minutes" in "5 minutes": write "5 m"'],
    ['1day2hours', 'write "1d2h"'],
    ['5 apples', 'the units are ms s m h d w'],
    ['5M', 'the units are ms s m h d w'],
    ['', 'is not a duration'],
    ['h', 'is not a duration'],
  ])('refuses %j and says what to write', (text, message) => {
    expect(() => parseDuration(text)).toThrow(message);
  });

  it('prints an age in four characters at most', () => {
    expect([0, 999, 59_999, 60_000, 3.6e6, 8.6e7, 8.64e7, 8.6e10].map(formatAge)).toEqual([
      ...['0s', '0s', '59s', '1m', '1h', '23h', '1d', '995d'],
    ]);
  });

  it('prints the two largest units', () => {
    expect([0, 450, 1000, 5.4e6, 8.64e7, 9.0061e7, -1000].map(formatDuration)).toEqual([
      '0ms',
      '450ms',
      '1s',
      '1h30m',
      '1d',
      '1d1h',
      '-1s',
    ]);
  });
});

describe('rates and levels', () => {
  it('reads bytes and shares over time', () => {
    expect(parseRate('36MiB/h')).toEqual({ unit: 'bytes/s', perSecond: (36 * 2 ** 20) / 3600 });
    expect(parseRate('10%/d').perSecond).toBeCloseTo(0.1 / 86400, 12);
    expect(parseRate('100kB/10s').perSecond).toBe(10_000);
  });

  it.each(['5MiB', '5MiB/', '/h', '5/h', '5MiB/0s'])('refuses the rate %j', (text) => {
    expect(() => parseRate(text)).toThrow();
  });

  it('reads fixed and relative levels', () => {
    expect(parseLevel('1GiB')).toEqual({ of: 'fixed', bytes: 2 ** 30 });
    expect(parseLevel('80% of limit')).toEqual({ of: 'limit', ratio: 0.8 });
    expect(parseLevel('10 % of ram')).toEqual({ of: 'ram', ratio: 0.1 });
    expect(() => parseLevel('80%')).toThrow('of what?');
    expect(() => parseLevel('80% of disk')).toThrow('not of "disk"');
  });

  it('prints every unit', () => {
    expect(formatValue(2 ** 20 / 3600, 'bytes/s')).toBe('1.00 MiB/h');
    expect(formatValue(0.5 / 3600, 'ratio/s')).toBe('50.0 %/h');
    expect(formatValue(0.934, 'ratio')).toBe('93.4 %');
    expect(formatValue(3, 'count')).toBe('3');
  });

  it('prints bounds as what they say', () => {
    const print = (low: number, high: number): string =>
      formatBounds({ low: low * 2 ** 20, high: high * 2 ** 20 }, 'bytes');
    expect([print(5, 5), print(0, 5), print(2, 5), print(2, Number.POSITIVE_INFINITY)]).toEqual([
      ...['5.00 MiB', 'at most 5.00 MiB', '2.00 MiB to 5.00 MiB', 'at least 2.00 MiB'],
    ]);
    expect(print(0, Number.POSITIVE_INFINITY)).toBe('not known');
  });
});
