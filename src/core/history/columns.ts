/**
 * Points in compressed blocks. A point is a row of whole numbers, and a block keeps it column by column, as what each number
 * differs by from the one that was expected: most differ by nothing, and a run of nothings takes two bytes.
 *
 * A block: the number of points, then the columns one after the other, all of it in base-128 varints (the least significant group
 * first). A difference d is written as 2d or -2d-1, so that small ones are short whatever their sign; 0 is followed by how many more zeros come.
 */

/** How a column is expected to go on. */
export interface Expectation {
  /** `steady`: as fast as it went from the point before (times). Else it is expected to stand still, or to move as far as `as` do. */
  readonly steady?: true;
  /** Earlier columns whose movements add up to this one's. */
  readonly as?: readonly number[];
}

/** Points, column by column: `columns[c][i]` is figure c of point i. */
export interface Columns {
  readonly count: number;
  readonly columns: readonly Float64Array[];
}

/** So many points a block may have. */
export const MOST_POINTS = 65_536;

/** A block is damaged, or was made for other columns. */
export class BlockError extends Error {}

/** Packs points of whole numbers below 2^46, so that what is reckoned from them is exact. The same points and expectations give the same bytes. */
export function packColumns({ count, columns }: Columns, shape: readonly Expectation[]): Uint8Array {
  OUT.at = 0;
  writeVarint(count);
  for (const [index, expectation] of shape.entries()) {
    const values = columns[index] ?? NOTHING;
    packColumn(values, count, { expectation, columns });
  }
  return OUT.bytes.slice(0, OUT.at);
}

/** What `packColumns` packed. @throws BlockError where the bytes are no such block. */
export function unpackColumns(bytes: Uint8Array, shape: readonly Expectation[]): Columns {
  const input = { bytes, at: 0 };
  const count = readVarint(input);
  if (count > MOST_POINTS) throw new BlockError(`a block of ${count} points`);
  const columns: Float64Array[] = [];
  for (const expectation of shape) columns.push(unpackColumn(input, count, { expectation, columns }));
  if (input.at !== bytes.length) throw new BlockError('something follows the last column');
  return { count, columns };
}

/** What the next number of a column is expected from. */
interface Surroundings {
  readonly expectation: Expectation;
  readonly columns: readonly Float64Array[];
}

const NOTHING = new Float64Array(0);

/** Grows to the biggest block that was ever made. */
const OUT = { bytes: new Uint8Array(1024), at: 0 };

/** Hot: every figure that is kept goes this way. */
function packColumn(values: Float64Array, count: number, surroundings: Surroundings): void {
  let zeros = 0;
  for (let index = 0; index < count; index += 1) {
    const difference = (values[index] ?? 0) - expected(values, index, surroundings);
    if (difference === 0) {
      zeros += 1;
      continue;
    }
    if (zeros > 0) writeZeros(zeros);
    zeros = 0;
    writeVarint(difference > 0 ? difference * 2 : -difference * 2 - 1);
  }
  if (zeros > 0) writeZeros(zeros);
}

function writeZeros(count: number): void {
  writeVarint(0);
  writeVarint(count - 1);
}

function unpackColumn(input: Input, count: number, surroundings: Surroundings): Float64Array {
  const values = new Float64Array(count);
  let zeros = 0;
  for (let index = 0; index < count; index += 1) {
    const written = zeros > 0 ? 0 : readVarint(input);
    if (zeros > 0) zeros -= 1;
    else if (written === 0) zeros = readVarint(input);
    const difference = written % 2 === 0 ? written / 2 : -(written + 1) / 2;
    values[index] = expected(values, index, surroundings) + difference;
  }
  if (zeros > 0) throw new BlockError('a run is longer than its column');
  return values;
}

function expected(values: Float64Array, index: number, { expectation, columns }: Surroundings): number {
  if (index === 0) return 0;
  const last = values[index - 1] ?? 0;
  if (expectation.steady) return index === 1 ? last : 2 * last - (values[index - 2] ?? 0);
  const { as } = expectation;
  if (as === undefined) return last;
  let sum = last;
  for (let i = 0; i < as.length; i += 1) {
    const other = columns[as[i] ?? 0] ?? NOTHING;
    sum += (other[index] ?? 0) - (other[index - 1] ?? 0);
  }
  return sum;
}

interface Input {
  readonly bytes: Uint8Array;
  at: number;
}

/** The longest varint: 2^54 has eight groups of seven bits. */
const LONGEST = 8;

function writeVarint(value: number): void {
  if (OUT.at + LONGEST > OUT.bytes.length) {
    const bytes = new Uint8Array(OUT.bytes.length * 2);
    bytes.set(OUT.bytes);
    OUT.bytes = bytes;
  }
  let rest = value;
  // Bit operations would cut a time in milliseconds to 32 bits.
  while (rest >= 128) {
    OUT.bytes[OUT.at++] = (rest % 128) + 128;
    rest = Math.floor(rest / 128);
  }
  OUT.bytes[OUT.at++] = rest;
}

function readVarint(input: Input): number {
  let value = 0;
  let factor = 1;
  for (let length = 0; length < LONGEST; length += 1) {
    const byte = input.bytes[input.at++];
    if (byte === undefined) throw new BlockError('it ends in the middle');
    value += (byte & 127) * factor;
    if (byte < 128) return value;
    factor *= 128;
  }
  throw new BlockError('a number is too long');
}
