import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joined, type Points, toBuckets } from '../../../src/core/history/buckets.ts';
import { coarseOf, fromCell, SUMS, toCell } from '../../../src/core/history/shapes.ts';

const PSS = SUMS.findIndex(({ name }) => name === 'pss');
const COUNT = SUMS.length;
/** Where the least and the greatest of PSS stand: those of `processes` come first. */
const BELOW = COUNT + 3;

const READ = SUMS.findIndex(({ name }) => name === 'read');

/** Points of a sum of one process, one each second or so, of which only PSS says something; undefined: it was never read. */
function made(values: readonly (number | undefined)[]): Points {
  const cell = (column: number, at: number): number => {
    const value = values[at];
    if (column === 0) return at;
    if (column === READ) return value === undefined ? 0 : 1;
    return column === PSS ? (value ?? 0) : 0;
  };
  const columns = SUMS.map((_, column) => Float64Array.from(values, (_value, at) => cell(column, at)));
  return { count: values.length, columns, coarse: false };
}

const figures = fc.array(fc.nat(100_000), { minLength: 1, maxLength: 300 });

describe('points that are put together', () => {
  it('keep the least, the middle, the greatest and the number of each bucket', () => {
    const { count, columns } = toBuckets([made([10, 20, 60, 7])], SUMS, 3);
    expect(count).toBe(2);
    expect(columns.map((column) => column[0])).toHaveLength(coarseOf(SUMS).length);
    expect([columns[0]?.[0], columns[PSS]?.[0], columns[COUNT]?.[0]]).toEqual([1, 30, 3]);
    expect([columns[BELOW]?.[0], columns[BELOW + 1]?.[0]]).toEqual([20, 30]);
    expect([columns[PSS]?.[1], columns[COUNT]?.[1], columns[BELOW]?.[1]]).toEqual([7, 1, 0]);
  });

  it('say nothing of a sum where nobody was read, rather than that it was 0', () => {
    const none = undefined;
    const { columns } = toBuckets([made([none, none, none, 30, 50, none, none, none])], SUMS, 4);
    const said = [READ, PSS, BELOW, BELOW + 1, COUNT].map((column) => [...(columns[column] ?? [])]);
    expect(said).toEqual([
      [1, 1],
      [30, 50],
      [0, 0],
      [0, 0],
      [4, 4],
    ]);
    const never = toBuckets([made([none, none])], SUMS, 4).columns;
    expect([READ, PSS, BELOW, BELOW + 1, COUNT].map((column) => never[column]?.[0])).toEqual([0, 0, 0, 0, 2]);
  });

  it('twice have the same bounds and the same number as at once, and a middle that is off by the rounding alone', () => {
    fc.assert(
      fc.property(figures, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5 }), (values, width, factor) => {
        const points = made(values);
        const once = toBuckets([points], SUMS, width * factor);
        const twice = toBuckets([toBuckets([points], SUMS, width)], SUMS, width * factor);
        expect(twice.columns[COUNT]).toEqual(once.columns[COUNT]);
        for (let index = 0; index < once.count; index += 1) {
          const [a, b] = [once, twice].map(({ columns }) => columns[PSS]?.[index] ?? 0) as [number, number];
          expect(Math.abs(a - b)).toBeLessThanOrEqual(1);
          const bounds = [once, twice].map(({ columns }) => {
            const middle = columns[PSS]?.[index] ?? 0;
            return [middle - (columns[BELOW]?.[index] ?? 0), middle + (columns[BELOW + 1]?.[index] ?? 0)];
          });
          expect(bounds[1]).toEqual(bounds[0]);
        }
      }),
    );
  });

  it('are set after such as stand for themselves', () => {
    const all = joined([toBuckets([made([1, 2, 3])], SUMS, 3), made([9])], SUMS);
    expect(all).toMatchObject({ count: 2, coarse: true });
    expect([...(all.columns[COUNT] ?? [])]).toEqual([3, 1]);
    expect([...(all.columns[PSS] ?? [])]).toEqual([2, 9]);
  });
});

describe('a figure', () => {
  it('is whole in its unit, and says when it is not known', () => {
    const size = { name: 'pss', unit: 1024 };
    expect(fromCell(toCell(5 * 2 ** 40, size), size)).toBe(5 * 2 ** 40);
    const load = { name: 'cpu', unit: 10, optional: true } as const;
    expect([0, 250, undefined, Number.NaN].map((value) => fromCell(toCell(value, load), load))).toEqual([
      0,
      250,
      undefined,
      undefined,
    ]);
  });
});
