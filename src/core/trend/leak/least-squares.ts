/** Series that a series of values may be made of, a buffer each; all have a value in each of the first `rows` places. */
export interface Design {
  rows: number;
  readonly columns: readonly Float64Array[];
  readonly values: Float64Array;
  /** Filled by `prepare`: how long each column was, the products of all pairs of them, and of each with the values. */
  readonly lengths: Float64Array;
  readonly products: Float64Array;
  readonly along: Float64Array;
  square: number;
}

/** So many columns of those that were prepared, each with its weight, leave so much of the values (sum of squares). */
export interface Together {
  readonly parts: readonly number[];
  readonly weights: readonly number[];
  readonly left: number;
  /** Variance of the first weight, for noise with a variance of 1. */
  readonly variance: number;
}

/** Columns that are so nearly made of others say nothing of their own. */
const APART = 1e-7;

/** What is left of a column, as a share of its values, when it stands still but for rounding. */
const STILL = 1e-9;

/** No less than this share of the values is said to be left: it is reckoned as a difference. */
const LEAST_LEFT = 1e-12;

/** Noise that hangs together is believed to do so up to this correlation from one value to the next. */
const MOST_CORRELATED = 0.9;

/** Empty buffers, to be filled again and again. */
export function createDesign(count: number, rows: number): Design {
  const column = (): Float64Array => new Float64Array(rows);
  return {
    rows: 0,
    columns: Array.from({ length: count }, column),
    values: column(),
    lengths: new Float64Array(count),
    products: new Float64Array(count * count),
    along: new Float64Array(count),
    square: 0,
  };
}

/** Takes its mean from the values and from each column, makes each column as long as 1, and multiplies all by all. */
export function prepare(design: Design): void {
  const { columns, values, rows, lengths, products, along } = design;
  centre(values, rows);
  design.square = dot(values, values, rows);
  for (const [index, column] of columns.entries()) {
    lengths[index] = norm(column, rows);
    along[index] = dot(column, values, rows);
    for (let other = 0; other <= index; other += 1) {
      const product = dot(column, columns[other] ?? column, rows);
      products[index * columns.length + other] = product;
      products[other * columns.length + index] = product;
    }
  }
}

const table = new Float64Array(64);

/** Fits some of the columns at once, at most six. Undefined where one of them says nothing that the others do not. */
export function fitTogether(
  { columns, products, along, square }: Design,
  parts: readonly number[],
): Together | undefined {
  const width = parts.length + 2;
  for (const [row, part] of parts.entries()) {
    for (const [place, other] of parts.entries()) {
      table[row * width + place] = products[part * columns.length + other] ?? 0;
    }
    table[row * width + width - 2] = along[part] ?? 0;
    table[row * width + width - 1] = row === 0 ? 1 : 0;
  }
  for (let row = 0; row < parts.length; row += 1) if (!eliminate(row, { rows: parts.length, width })) return undefined;
  const weights = parts.map((_, row) => table[row * width + width - 2] ?? 0);
  const explained = parts.reduce((sum, part, row) => sum + (weights[row] ?? 0) * (along[part] ?? 0), 0);
  return { parts, weights, left: Math.max(LEAST_LEFT * square, square - explained), variance: table[width - 1] ?? 0 };
}

/** Takes a row from all others of the table, so that its own column is left in no other (Gauss and Jordan). */
function eliminate(row: number, { rows, width }: { rows: number; width: number }): boolean {
  const pivot = table[row * width + row] ?? 0;
  if (!(pivot > APART)) return false;
  for (let place = row; place < width; place += 1) {
    const share = (table[row * width + place] ?? 0) / pivot;
    table[row * width + place] = share;
  }
  for (let other = 0; other < rows; other += 1) {
    if (other !== row) subtract(other * width, row * width, { from: row, width });
  }
  return true;
}

/** Takes from the row at `other` so many times the one at `own` that nothing is left in the column `from`. */
function subtract(other: number, own: number, { from, width }: { from: number; width: number }): void {
  const times = table[other + from] ?? 0;
  for (let place = from; place < width; place += 1) {
    table[other + place] = (table[other + place] ?? 0) - times * (table[own + place] ?? 0);
  }
}

const rest = new Float64Array(64);

/** The standard error of the first weight, widened for noise that hangs together from one value to the next. */
export function errorOf({ columns, values, rows }: Design, { parts, weights, left, variance }: Together): number {
  rest.set(values.subarray(0, rows));
  for (const [place, part] of parts.entries()) {
    for (let row = 0; row < rows; row += 1) {
      rest[row] = (rest[row] ?? 0) - (weights[place] ?? 0) * (columns[part]?.[row] ?? 0);
    }
  }
  const correlation = dot(rest.subarray(1), rest, rows - 1) / left;
  // As in short series with a fitted trend (see autocorrelation.ts).
  const corrected = Math.max(0, Math.min(MOST_CORRELATED, (rows * correlation + 2) / (rows - 4)));
  return Math.sqrt((left / (rows - parts.length - 1)) * variance * ((1 + corrected) / (1 - corrected)));
}

/** Takes the mean away and makes the column as long as 1; to nothing where it stands still or is not known. @returns how long it was. */
function norm(column: Float64Array, rows: number): number {
  const mean = centre(column, rows);
  const length = Math.sqrt(dot(column, column, rows));
  const moves = length > STILL * Math.abs(mean) * Math.sqrt(rows);
  for (let row = 0; row < rows; row += 1) column[row] = moves ? (column[row] ?? 0) / length : 0;
  return length;
}

function centre(column: Float64Array, rows: number): number {
  let mean = 0;
  for (let row = 0; row < rows; row += 1) mean += (column[row] ?? 0) / rows;
  for (let row = 0; row < rows; row += 1) column[row] = (column[row] ?? 0) - mean;
  return mean;
}

function dot(one: Float64Array, other: Float64Array, rows: number): number {
  let sum = 0;
  for (let row = 0; row < rows; row += 1) sum += (one[row] ?? 0) * (other[row] ?? 0);
  return sum;
}
