import { describe, expect, it } from 'vitest';
import { describeLimit, parseLimit, resolveLimit, UNIT_OF } from '../../src/core/level.ts';
import { MEASURES } from '../../src/core/measure.ts';
import { target } from '../conditions/target.ts';
import { GiB, MiB, sample } from './world.ts';

describe('a limit', () => {
  it('is read in the unit of its measure', () => {
    expect(parseLimit('pss', '500MiB')).toEqual({ of: 'fixed', value: 500 * MiB });
    expect(parseLimit('swap', '10% of ram')).toEqual({ of: 'ram', ratio: 0.1 });
    expect(parseLimit('age', '10m')).toEqual({ of: 'fixed', value: 600_000 });
    expect(parseLimit('coverage', '90%')).toEqual({ of: 'fixed', value: 0.9 });
    expect(parseLimit('count', 3)).toEqual({ of: 'fixed', value: 3 });
  });

  it.each([
    ['pss', 500, /write 500MiB/],
    ['age', 10, /write 90s/],
    ['coverage', 0.9, /write 90%/],
    ['count', '3', /write a number without a unit/],
    ['count', -1, /write a number without a unit/],
  ] as const)('of %s is not read from %j', (measure, written, expected) => {
    expect(() => parseLimit(measure, written)).toThrow(expected);
  });

  it('that is a share refers to the host, or to the lowest ceiling of the members', () => {
    const seen = target({ members: [sample({ pid: 1, ceiling: 400 * MiB }), sample({ pid: 2, ceiling: 200 * MiB })] });
    expect(resolveLimit(parseLimit('pss', '50% of limit'), seen)).toBe(100 * MiB);
    expect(resolveLimit(parseLimit('pss', '50% of ram'), seen)).toBe(8 * GiB);
    expect(resolveLimit(parseLimit('pss', '50% of limit'), target({}))).toBe(8 * GiB);
  });

  it('is shown with what it is a share of', () => {
    expect(describeLimit(parseLimit('pss', '80% of limit'), 800 * MiB, 'bytes')).toBe('800 MiB (80.0 % of limit)');
    expect(describeLimit(parseLimit('age', '90s'), 90_000, 'duration')).toBe('1m30s');
  });

  it('has a unit for every measure', () => {
    expect(Object.keys(UNIT_OF).sort()).toEqual([...MEASURES].sort());
  });
});
