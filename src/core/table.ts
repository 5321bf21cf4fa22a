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
  const texts = measured.map((column, i) => cellFormatter(column, widths[i] ?? 0));
  const [first = (): string => '', ...others] = texts;
  for (let row = 0; row < (columns[0]?.cells.length ?? 0); row += 1) {
    let line = first(row);
    for (const text of others) line += GAP + text(row);
    lines.push(line);
  }
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
  for (const cell of column.cells) {
    const cellWidth = plain ? cell.length : displayWidth(cell);
    if (cellWidth > width) width = cellWidth;
  }
  return { ...column, plain, width };
}

function cellFormatter({ cells, align, plain, width }: Measured, room: number): (row: number) => string {
  if (!plain || width > room) return (row) => fitCell(cells[row] ?? '', room, align);
  return align === 'right' ? (row) => (cells[row] ?? '').padStart(room) : (row) => (cells[row] ?? '').padEnd(room);
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
