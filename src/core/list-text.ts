import { escapeControls } from './escape.ts';
import type { ListBy, Listing, ListRow } from './list.ts';
import { type Column, formatTable } from './table.ts';
import { unreadCount } from './totals.ts';

/** Titles of the first column. */
export const TITLES: Readonly<Record<ListBy, string>> = {
  process: 'Process Name',
  name: 'Process Name',
  unit: 'Unit',
  container: 'Container',
  user: 'User',
};

/**
 * The list as psstop and smartpsstop print it: name, PID and PSS, then totals and the number of processes; after them
 * what could not be read. kB are the kernel's (1024 bytes). Columns are read most safely from the right: names may
 * hold blanks, and PSS is the last. Swap or RSS stands before it where the list is sorted by that. What was not read in this
 * snapshot shows as `≤` its resident set.
 * @param width columns of the terminal; without it no name is clipped.
 */
export function formatList(listing: Listing, width?: number): string {
  const { rows } = listing;
  const second =
    listing.by === 'process'
      ? { title: 'PID', cells: rows.map((row) => String(row.pid)) }
      : { title: 'Processes', cells: rows.map((row) => String(row.samples.length)) };
  const names = rows.map((row) => row.name);
  const middle = [second, ...sortColumn(listing)];
  const table = layOutTable({ title: TITLES[listing.by], names, middle, sizes: rows.map(pssCell) }, width);
  if (listing.omitted > 0) table.push(`… and ${listing.omitted} more`);
  return layOutPage(table.join('\n '), listing);
}

/** What the rows are sorted by, where no other column shows it. */
function sortColumn({ sort, rows }: Listing): Column[] {
  if (sort === 'swap') return [{ title: 'Swap (kB)', cells: rows.map(swapCell) }];
  if (sort === 'rss') return [{ title: 'RSS (kB)', cells: rows.map((row) => `${kB(row.rss)} kB`) }];
  return [];
}

/** What stands below the rows of a list. */
export type Closing = Pick<Listing, 'totals' | 'host' | 'whole' | 'gone'>;

/** The cells of a list. */
export interface ListCells {
  readonly title: string;
  /** Escaped. */
  readonly names: readonly string[];
  /** Numbers, between name and PSS. */
  readonly middle: readonly Column[];
  readonly sizes: readonly string[];
}

/** The lines of the table: titles, rule, and one for each row. */
export function layOutTable({ title, names, middle, sizes }: ListCells, width?: number): string[] {
  const columns: Column[] = [
    { title, cells: names, flexible: true },
    ...middle.map((column): Column => ({ ...column, align: 'right' })),
    { title: 'PSS Memory (kB)', cells: sizes, align: 'right' },
  ];
  return formatTable({ columns, ruled: true, ...(width === undefined ? {} : { width: width - 1 }) });
}

/** Sets what is to be said of all processes together below a table. */
export function layOutPage(table: string, closing: Closing): string {
  return `\n ${table}\n\n ${totalLines(closing).join('\n ')}\n`;
}

function totalLines(listing: Closing): string[] {
  const { totals } = listing;
  const size = String(kB(totals.pss));
  const MB = String(Math.round(totals.pss / 2 ** 20)).padStart(size.length);
  const lines = [
    `Total  ${size} kB`,
    `Total  ${MB} MB  (1 MB = 1024 kB, 1 kB = 1024 bytes)`,
    `Total number of processes:  ${totals.processes}`,
  ];
  if (totals.swap > 0) lines.push(`Swapped out: ${kB(totals.swap)} kB more (SwapPss, not in the totals)`);
  return [...lines, ...unreadLines(listing), ...hostLines(listing)];
}

function unreadLines({ totals, gone }: Closing): string[] {
  const lines: string[] = [];
  const { missing, unread, unreadAtMost } = totals;
  if (missing > 0) {
    const reasons = Object.entries(unread).map(([reason, times]) => `${times} ${REASONS[reason] ?? reason}`);
    const unasked = missing - unreadCount(unread);
    if (unasked > 0) reasons.push(`${unasked} not asked for`);
    const was = unasked > 0 ? (missing === 1 ? 'was not' : 'were not') : 'could not be';
    lines.push(`${processes(missing)} ${was} read: ${reasons.join(', ')}; at most ${kB(unreadAtMost)} kB more`);
  }
  if (gone > 0) lines.push(`${processes(gone)} ended while being read`);
  return lines;
}

function hostLines({ host, whole }: Closing): string[] {
  if (host === undefined || !whole) return [];
  const share = (Math.floor(host.coverage * 1000) / 10).toFixed(1);
  return [
    `Covered: ${share} % of the ${kB(host.all)} kB that all processes hold`,
    `Unaccounted: ${kB(host.unaccounted)} kB in use, but held by no process`,
  ];
}

const REASONS: Readonly<Record<string, string>> = {
  denied: 'denied',
  stuck: 'stuck',
  postponed: 'not yet their turn',
  late: 'out of time',
};

function processes(count: number): string {
  return count === 1 ? '1 process' : `${count} processes`;
}

function pssCell(row: ListRow): string {
  return row.unread === 0 ? `${kB(row.pss)} kB` : `≤ ${kB(row.pssHigh)} kB`;
}

function swapCell(row: ListRow): string {
  return row.unknown === 0 ? `${kB(row.swap)} kB` : `≥ ${kB(row.swap)} kB`;
}

function kB(bytes: number): number {
  return Math.round(bytes / 1024);
}

/** What to say when a list asked for by name has no rows. */
export function nothingListed(name: string): string {
  return `Process not found: no process is called "${escapeControls(name)}"`;
}
