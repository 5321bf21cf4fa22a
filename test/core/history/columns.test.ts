import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockError, type Expectation, packColumns, unpackColumns } from '../../../src/core/history/columns.ts';

const SHAPE: readonly Expectation[] = [{ steady: true }, {}, { as: [1] }, { as: [1, 2] }, { steady: true }];
const number = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 0, max: 2 ** 32 }),
  fc.maxSafeInteger().map((value) => Math.trunc(value / 64) + 0),
);
const points = fc.array(fc.tuple(number, number, number, number, number), { maxLength: 200 });

function columnsOf(rows: readonly (readonly number[])[]): Float64Array[] {
  return SHAPE.map((_, column) => Float64Array.from(rows, (row) => row[column] ?? 0));
}

describe('blocks of points', () => {
  it('give back what was put in', () => {
    fc.assert(
      fc.property(points, (rows) => {
        const columns = columnsOf(rows);
        const bytes = packColumns({ count: rows.length, columns }, SHAPE);
        expect(unpackColumns(bytes, SHAPE)).toEqual({ count: rows.length, columns });
      }),
    );
  });

  it('of what stands still, or goes evenly, take a few bytes however many there are', () => {
    const rows = Array.from({ length: 720 }, (_, index) => [1_700_000_000_000 + 5_000 * index, 90_000, 90_100, 200, 7]);
    const bytes = packColumns({ count: rows.length, columns: columnsOf(rows) }, SHAPE);
    expect(bytes.length).toBeLessThan(40);
  });

  it('that are damaged are refused, or hold other numbers: nothing hangs and nothing grows without end', () => {
    const whole = packColumns(
      {
        count: 3,
        columns: columnsOf([
          [1, 2, 3, 4, 5],
          [6, 7, 8, 9, 1],
          [2, 3, 9, 9, 9],
        ]),
      },
      SHAPE,
    );
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const bytes = whole.slice();
        bytes[at] = byte;
        expectBlockOrError(bytes);
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), expectBlockOrError));
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => unpackColumns(whole.slice(0, length), SHAPE), String(length)).toThrow(BlockError);
    }
    expect(() => unpackColumns(Uint8Array.of(...whole, 1), SHAPE)).toThrow('something follows');
  });
});

function expectBlockOrError(bytes: Uint8Array): void {
  try {
    expect(unpackColumns(bytes, SHAPE).count).toBeLessThanOrEqual(65_536);
  } catch (error) {
    expect(error).toBeInstanceOf(BlockError);
  }
}
