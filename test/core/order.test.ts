import { describe, expect, test } from 'vitest';
import { fallingOrder } from '../../src/core/order.ts';

describe('the falling order', () => {
  test.each<[string, number[], number[]]>([
    ['nothing', [], []],
    ['one', [7], [0]],
    ['equal values, which stay in their order', [5, 9, 5, 9, 5], [1, 3, 0, 2, 4]],
    ['values below zero', [-3, 0, -1, 2], [3, 1, 2, 0]],
    ['what takes more than 32 bits', [2 ** 33, 2 ** 33 + 1, 1, 2 ** 34], [3, 1, 0, 2]],
    ['more than can be told apart', [1, 1e30, 2 ** 60, 2], [1, 2, 3, 0]],
  ])('of %s', (_, values, order) => {
    expect([...fallingOrder(values)]).toEqual(order);
  });

  // As many as a big host's processes, as large as the memory of one.
  test.each([255, 256, 257, 100_000])('of %i values is that of a stable sort', (count) => {
    let seed = count;
    const values = Array.from({ length: count }, (_, index) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return index % 3 === 0 ? seed % 10 : seed * 4;
    });
    const expected = values.map((_, index) => index).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0));
    expect([...fallingOrder(values)]).toEqual(expected);
  });
});
