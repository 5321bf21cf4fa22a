import { clip, displayWidth } from './escape.ts';

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Gives way when the table is wider than it may be. */
  readonly flexible?: boolean;
}

/** What to set as a table. The texts are printed as they are: escape what strangers wrote before. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** Columns of the terminal; without it nothing is clipped. */
  readonly width?: number;
  /** Draws a line under the titles. */
  readonly ruled?: boolean;
}

const GAP = '  ';
const NARROWEST = 4;

/** Sets a plain aligned table: first the titles, then one line a row, without blanks at the ends. Written for speed: the list pays it per process, so each cell is measured once. */
export function formatTable(table: Table): string[] {
  const { columns } = table;
  const titles = columns.map((column) => column.title);
  const rule = table.ruled ? [titles.map((title) => '-'.repeat(displayWidth(title)))] : [];
  const rows = [titles, ...rule, ...table.rows];
  const cells = rows.map((row) => row.map(displayWidth));
  const widths = columns.map((_, index) => widest(cells, index));
  if (table.width !== undefined) shrink(widths, columns, table.width);
  const lines = rows.map((row, index) => formatRow({ row, cells: cells[index] ?? [], columns, widths }));
  return table.width === undefined ? lines : lines.map((line) => clip(line, table.width ?? 0));
}

function widest(cells: readonly (readonly number[])[], index: number): number {
  let width = 0;
  for (const row of cells) {
    const cell = row[index] ?? 0;
    if (cell > width) width = cell;
  }
  return width;
}

/** Takes what is too much from the flexible columns, the widest first. */
function shrink(widths: number[], columns: readonly Column[], room: number): void {
  let excess = widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1)) - room;
  while (excess > 0) {
    let at = -1;
    for (let i = 0; i < widths.length; i += 1) {
      const width = widths[i] ?? 0;
      if (columns[i]?.flexible && width > NARROWEST && width > (widths[at] ?? 0)) at = i;
    }
    if (at < 0) return;
    widths[at] = (widths[at] ?? 0) - 1;
    excess -= 1;
  }
}

interface RowParts {
  readonly row: readonly string[];
  readonly cells: readonly number[];
  readonly columns: readonly Column[];
  readonly widths: readonly number[];
}

function formatRow({ row, cells, columns, widths }: RowParts): string {
  let line = '';
  for (let i = 0; i < columns.length; i += 1) {
    if (i > 0) line += GAP;
    const text = row[i] ?? '';
    const width = widths[i] ?? 0;
    const blanks = width - (cells[i] ?? 0);
    if (blanks < 0) line += fitCell(text, width);
    else line += columns[i]?.align === 'right' ? ' '.repeat(blanks) + text : text + ' '.repeat(blanks);
  }
  return line.trimEnd();
}

/** Clips a text to a width, or fills it up with blanks. */
export function fitCell(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const shown = clip(text, width);
  const blanks = width - displayWidth(shown);
  if (blanks <= 0) return shown;
  return align === 'left' ? shown + ' '.repeat(blanks) : ' '.repeat(blanks) + shown;
}
