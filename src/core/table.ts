import { clip, displayWidth, isPlain } from './escape.ts';

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** One text a row, printed as it is: escape what strangers wrote before. */
  readonly cells: readonly string[];
  readonly align?: 'left' | 'right';
  /** Gives way when the table is wider than it may be. */
  readonly flexible?: boolean;
}

/** What to set as a table: columns with equally many cells. */
export interface Table {
  readonly columns: readonly Column[];
  /** Columns of the terminal; without it nothing is clipped. */
  readonly width?: number;
  /** Draws a line under the titles. */
  readonly ruled?: boolean;
}

const GAP = '  ';
const NARROWEST = 4;

interface Place {
  /** Columns of the terminal. */
  readonly room: number;
  readonly gap: string;
}

/** Sets a plain aligned table: first the titles, then one line a row. Written for speed, column by column and with few objects: the list pays it per process. */
export function formatTable(table: Table): string[] {
  const { columns } = table;
  const measured = columns.map(measure);
  const widths = measured.map(({ width }) => width);
  if (table.width !== undefined) shrink(widths, columns, table.width);
  const head = [columns.map((column) => column.title)];
  if (table.ruled) head.push(columns.map((column) => '-'.repeat(displayWidth(column.title))));
  const lines = head.map((titles) =>
    titles.map((title, i) => fitCell(title, widths[i] ?? 0, columns[i]?.align)).join(GAP),
  );
  const rows = new Array<string>(columns[0]?.cells.length ?? 0).fill('');
  for (const [i, column] of measured.entries()) {
    addColumn(rows, column, { room: widths[i] ?? 0, gap: i === 0 ? '' : GAP });
  }
  for (const row of rows) lines.push(row);
  const tidy = columns.at(-1)?.align === 'right' ? lines : lines.map((line) => line.trimEnd());
  return table.width === undefined ? tidy : tidy.map((line) => clip(line, table.width ?? 0));
}

interface Measured extends Column {
  /** All cells are printable ASCII, as nearly always: as wide as they are long. */
  readonly plain: boolean;
  readonly width: number;
}

function measure(column: Column): Measured {
  // All at once: one call of a regular expression costs more than looking at a cell.
  const plain = isPlain(column.cells.join(''));
  let width = displayWidth(column.title);
  for (let row = 0; row < column.cells.length; row += 1) {
    const cell = column.cells[row] ?? '';
    const cellWidth = plain ? cell.length : displayWidth(cell);
    if (cellWidth > width) width = cellWidth;
  }
  return { ...column, plain, width };
}

function addColumn(rows: string[], { cells, align, plain, width }: Measured, { room, gap }: Place): void {
  const pad = plain && width <= room;
  for (let row = 0; row < rows.length; row += 1) {
    const cell = cells[row] ?? '';
    if (!pad) rows[row] += gap + fitCell(cell, room, align);
    else if (align === 'right') rows[row] += cell.padStart(gap.length + room);
    else rows[row] += gap + cell.padEnd(room);
  }
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

/** Clips a text to a width, or fills it up with blanks. */
export function fitCell(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const shown = clip(text, width);
  const blanks = width - displayWidth(shown);
  if (blanks <= 0) return shown;
  return align === 'left' ? shown + ' '.repeat(blanks) : ' '.repeat(blanks) + shown;
}
