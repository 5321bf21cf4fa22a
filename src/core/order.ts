/** From 2^52 to 2^53 every number is a whole one, and its last bits are those of an integer. */
const MIDDLE = 1.5 * 2 ** 52;
const HALF = 2 ** 51;
/** Which half of a number of 64 bits has the last ones. */
const LAST = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 0 : 1;

/**
 * Indices by falling value; equal ones stay in their order. A value and its index share one number, so that a whole list is sorted
 * without one call of a comparing function, which costs as much as all the rest when cold, and the index is taken from its bits:
 * every fraction would be an object on the heap.
 * @param values whole; those above 2^50 divided by their number count as equal.
 */
export function fallingOrder(values: readonly number[]): Uint32Array {
  const count = values.length;
  const step = 2 ** (32 - Math.clz32(count));
  const most = HALF / step - 1;
  const keys = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const value = values[index] ?? 0;
    keys[index] = MIDDLE - Math.min(value, most) * step + index;
  }
  const words = new Uint32Array(keys.sort().buffer);
  const order = new Uint32Array(count);
  for (let at = 0; at < count; at += 1) order[at] = (words[2 * at + LAST] ?? 0) & (step - 1);
  return order;
}
