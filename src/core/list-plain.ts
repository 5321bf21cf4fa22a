import { shareOf } from './coverage.ts';
import { escapeAll, isPlain } from './escape.ts';
import { type Closing, type ListCells, layOutPage, layOutTable, TITLES } from './list-text.ts';
import { fallingOrder } from './order.ts';
import { hostFigures, type Totals } from './totals.ts';
import type { Snapshot } from './types.ts';

/** Processes of which nothing is known but what a plain list shows; the i-th of each column belongs to the i-th process. */
export interface PlainProcesses {
  readonly pids: readonly number[];
  /** As they are. */
  readonly names: readonly string[];
  /** kB; -1 for who may not be read. */
  readonly pss: readonly number[];
  /** kB */
  readonly swapPss: readonly number[];
  /** Who may not be read, by pid, with the bytes that each can have at most. */
  readonly denied: ReadonlyMap<number, number>;
}

/** What a plain list is printed from. */
export interface PlainList {
  readonly processes: PlainProcesses;
  readonly totals: Totals;
  /** All of a snapshot but its processes. */
  readonly host: Snapshot;
}

const KIB = 1024;

/** Adds plain processes up. */
export function plainTotals({ pids, pss, swapPss, denied }: PlainProcesses): Totals {
  const sum = (column: readonly number[]) => column.reduce((all, kB) => all + Math.max(0, kB), 0) * KIB;
  return {
    processes: pids.length,
    pss: sum(pss),
    swap: sum(swapPss),
    unreadAtMost: [...denied.values()].reduce((all, bytes) => all + bytes, 0),
    unread: denied.size > 0 ? { denied: denied.size } : {},
    missing: denied.size,
    earlier: { processes: 0, pss: 0, swap: 0, age: 0 },
  };
}

/**
 * The text of `formatList(list(snapshot))`, and a test holds it to that. Rows are written byte by byte, with no object for a process
 * and no text for a cell: on a host with thousands of processes those take longer than everything else that is not the kernel's.
 * @param width columns of the terminal; without it no name is clipped.
 */
export function formatPlain({ processes, totals, host }: PlainList, width?: number): string {
  const rows = rowsOf(processes);
  const figures = hostFigures(host, shareOf(totals.pss, host.memory).share);
  const closing: Closing = { totals, host: figures, whole: true, gone: host.gone };
  return layOutPage(writeTable(rows, width) ?? layOutTable(cellsOf(rows), width).join('\n '), closing);
}

/** What the rows show. */
interface Rows extends Pick<PlainProcesses, 'pids' | 'names' | 'pss'> {
  /** Indices of the columns, from the first row to the last. */
  readonly order: Uint32Array;
  /** kB: PSS, or where it was not read the most that it can be. */
  readonly sizes: readonly number[];
}

function rowsOf({ pids, names, pss, denied }: PlainProcesses): Rows {
  const sizes = pss.slice();
  for (let index = 0; denied.size > 0 && index < sizes.length; index += 1) {
    if ((sizes[index] ?? 0) < 0) sizes[index] = Math.round((denied.get(pids[index] ?? 0) ?? 0) / KIB);
  }
  return { order: fallingOrder(sizes), pids, names: escapeAll(names), pss, sizes };
}

function cellsOf({ order, pids, names, pss, sizes }: Rows): ListCells {
  return tableOf({
    names: Array.from(order, (index) => names[index] ?? ''),
    pids: Array.from(order, (index) => String(pids[index])),
    sizes: Array.from(order, (index) => `${isUnread(pss, index) ? '≤ ' : ''}${sizes[index]}${UNIT}`),
  });
}

function tableOf({ names, pids, sizes }: Readonly<Record<'names' | 'pids' | 'sizes', readonly string[]>>): ListCells {
  return { title: TITLES.process, names, middle: [{ title: PID, cells: pids }], sizes };
}

const PID = 'PID';
const UNIT = ' kB';
/** What each row begins with. */
const START = '\n ';
/** Stands for `≤`, which is no byte; no name that is printed as it is holds it. */
const AT_MOST = '\x01';

/** The table, where all names are printable ASCII and nothing is too wide; else undefined. */
function writeTable(rows: Rows, width = Number.POSITIVE_INFINITY): string | undefined {
  const { order, pids, names, pss, sizes } = rows;
  if (!isPlain(names.join(''))) return undefined;
  const [titles = '', rule = '', widest = ''] = layOutTable(widestOf(rows));
  if (widest.length >= width) return undefined;
  const blank = START + UNIT.padStart(widest.length);
  const bytes = repeated(blank, order.length);
  const [pidEnd, sizeEnd] = [START.length + titles.indexOf(PID) + PID.length, blank.length - UNIT.length];
  for (let row = 0; row < order.length; row += 1) {
    const index = order[row] ?? 0;
    const start = row * blank.length;
    writeText(bytes, start + START.length, names[index] ?? '');
    writeNumber(bytes, start + pidEnd, pids[index] ?? 0);
    const left = writeNumber(bytes, start + sizeEnd, sizes[index] ?? 0);
    if (isUnread(pss, index)) writeText(bytes, left - 2, AT_MOST);
  }
  return titles + START + rule + new TextDecoder().decode(bytes).replaceAll(AT_MOST, '≤');
}

/** The bytes of a text, so many times. */
function repeated(text: string, times: number): Uint8Array {
  const bytes = new Uint8Array(text.length * times);
  writeText(bytes, 0, text);
  for (let end = text.length; end < bytes.length; end *= 2) bytes.copyWithin(end, 0, end);
  return bytes;
}

/** One row, with the widest cell of each column. */
function widestOf({ pids, names, pss, sizes }: Rows): ListCells {
  let [name, pid, size, most] = ['', 0, 0, -1];
  for (let index = 0; index < pids.length; index += 1) {
    const one = names[index] ?? '';
    if (one.length > name.length) name = one;
    pid = Math.max(pid, pids[index] ?? 0);
    if (isUnread(pss, index)) most = Math.max(most, sizes[index] ?? 0);
    else size = Math.max(size, sizes[index] ?? 0);
  }
  const cells = [`${size}${UNIT}`, ...(most < 0 ? [] : [`≤ ${most}${UNIT}`])];
  return tableOf({
    names: [name],
    pids: [String(pid)],
    sizes: [cells.reduce((a, b) => (b.length > a.length ? b : a))],
  });
}

function isUnread(pss: readonly number[], index: number): boolean {
  return (pss[index] ?? -1) < 0;
}

/** In a loop over characters: a call of Node's for each text takes longer. */
function writeText(bytes: Uint8Array, start: number, text: string): void {
  for (let at = 0; at < text.length; at += 1) bytes[start + at] = text.charCodeAt(at);
}

/** Writes digits up to `end`; with whole numbers all the way, as a fraction would be an object each. @returns where they begin. */
function writeNumber(bytes: Uint8Array, end: number, value: number): number {
  let start = end;
  let rest = value;
  do {
    const digit = rest % 10;
    start -= 1;
    bytes[start] = ZERO + digit;
    rest = (rest - digit) / 10;
  } while (rest > 0);
  return start;
}

const ZERO = 0x30;
