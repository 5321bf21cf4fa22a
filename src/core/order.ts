/**
 * Indices by falling value; equal ones stay in their order. A value and its index share one number, so that a whole list is sorted
 * without one call of a comparing function, which costs as much as all the rest when cold.
 * @param values whole, small enough that the largest times their number is exact.
 */
export function fallingOrder(values: readonly number[]): Uint32Array {
  const count = values.length;
  const keys = new Float64Array(count);
  for (let index = 0; index < count; index += 1) keys[index] = index - (values[index] ?? 0) * count;
  // By division, as the remainder of such numbers takes long.
  return new Uint32Array(keys.sort().map((key) => key - count * Math.floor(key / count)));
}
