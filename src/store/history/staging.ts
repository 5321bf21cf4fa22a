import { type Shape, toCell } from '../../core/history/shapes.ts';

/** Rows at first, and at most: 16,384 readings take 750 kB. */
const FIRST = 256;
const MOST = 16_384;

/** The rows of one series: the first and the last; -1 where there is none. */
export interface Chain {
  head: number;
  tail: number;
}

/**
 * Points that wait to be written, of many series in the order in which they came: 4 bytes a figure and 4 a point. A class, as it holds
 * buffers and is on the hot path.
 */
export class Staging {
  readonly #shape: Shape;
  readonly #width: number;
  #rows: Uint32Array;
  #next: Int32Array;
  #count = 0;
  /** Of the first row; the rows keep what came since. */
  #began = 0;

  constructor(shape: Shape) {
    this.#shape = shape;
    this.#width = shape.length;
    this.#rows = new Uint32Array(FIRST * this.#width);
    this.#next = new Int32Array(FIRST);
  }

  get count(): number {
    return this.#count;
  }

  /** There is no room for so many more. */
  isFull(more: number): boolean {
    return this.#count + more > MOST;
  }

  /**
   * Adds a point to a chain. @param time as a cell. @param figures the columns after it. @returns false, and nothing is added, where
   * there is no room.
   */
  push(chain: Chain, time: number, figures: readonly (number | undefined)[]): boolean {
    if (this.#count === MOST) return false;
    if (this.#count === 0) this.#began = time;
    if (this.#count === this.#next.length) this.#grow();
    const row = this.#count;
    const at = row * this.#width;
    this.#rows[at] = Math.max(0, time - this.#began);
    for (let column = 1; column < this.#width; column += 1) {
      const figure = this.#shape[column];
      if (figure) this.#rows[at + column] = toCell(figures[column - 1], figure);
    }
    this.#next[row] = -1;
    if (chain.tail >= 0) this.#next[chain.tail] = row;
    else chain.head = row;
    chain.tail = row;
    this.#count += 1;
    return true;
  }

  /** Copies a chain into columns that are long enough, or made so. @returns how many points. */
  take({ head }: Chain, columns: Float64Array[]): number {
    let count = 0;
    for (let row = head; row >= 0; row = this.#next[row] ?? -1) {
      if (count === (columns[0]?.length ?? 0)) lengthen(columns);
      this.#copy(row, columns, count);
      count += 1;
    }
    return count;
  }

  #copy(row: number, columns: readonly Float64Array[], to: number): void {
    const at = row * this.#width;
    for (let column = 0; column < this.#width; column += 1) {
      const target = columns[column];
      if (target) target[to] = (this.#rows[at + column] ?? 0) + (column === 0 ? this.#began : 0);
    }
  }

  /** Forgets all of it; so must whoever holds a chain. What a busy minute took is given back. */
  clear(): void {
    if (this.#count * 4 < this.#next.length && this.#next.length > FIRST) {
      this.#rows = new Uint32Array(FIRST * this.#width);
      this.#next = new Int32Array(FIRST);
    }
    this.#count = 0;
  }

  #grow(): void {
    const capacity = Math.min(MOST, this.#next.length * 2);
    const rows = new Uint32Array(capacity * this.#width);
    rows.set(this.#rows);
    this.#rows = rows;
    const next = new Int32Array(capacity);
    next.set(this.#next);
    this.#next = next;
  }
}

function lengthen(columns: Float64Array[]): void {
  for (const [index, column] of columns.entries()) {
    const longer = new Float64Array(Math.max(16, column.length * 2));
    longer.set(column);
    columns[index] = longer;
  }
}
