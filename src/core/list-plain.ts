import { escapeAll } from './escape.ts';
import { layOut, TITLES } from './list-text.ts';
import { hostFigures } from './totals.ts';
import type { Snapshot } from './types.ts';

/** Processes that were all read, of which nothing is known but what a plain list shows; the i-th of each belongs to the i-th process. */
export interface PlainProcesses {
  readonly pids: readonly number[];
  /** As they are. */
  readonly names: readonly string[];
  /** kB */
  readonly pss: readonly number[];
  /** kB */
  readonly swapPss: readonly number[];
}

const KIB = 1024;

/**
 * The text of `formatList(list(snapshot))`, and a test holds it to that, with no object made for a process but the texts of its row:
 * on a host with thousands those objects cost as much as reading the processes.
 * @param snapshot all of it but its processes. @param width columns of the terminal; without it no name is clipped.
 */
export function formatPlain(processes: PlainProcesses, snapshot: Snapshot, width?: number): string {
  const { pids, names, pss, swapPss } = processes;
  const order = fallingOrder(pss);
  const shown = escapeAll(names);
  const sum = (column: readonly number[]) => column.reduce((all, kB) => all + kB, 0) * KIB;
  const total = sum(pss);
  const { anon, mapped } = snapshot.memory;
  const totals = { processes: pids.length, pss: total, swap: sum(swapPss), unreadAtMost: 0, unread: {}, missing: 0 };
  return layOut(
    {
      title: TITLES.process,
      names: cellsOf(order, (index) => shown[index] ?? ''),
      second: { title: 'PID', cells: cellsOf(order, (index) => String(pids[index])) },
      sizes: cellsOf(order, (index) => `${pss[index]} kB`),
    },
    {
      omitted: 0,
      totals: { ...totals, earlier: { processes: 0, pss: 0, swap: 0, age: 0 } },
      host: hostFigures(snapshot, Math.min(1, total / (anon + mapped))),
      whole: true,
      gone: snapshot.gone,
    },
    width,
  );
}

/** Indices by falling value; equal ones stay in their order. Value and index share one number, so that nothing is compared by a function. */
function fallingOrder(values: readonly number[]): Uint32Array {
  const count = values.length;
  const keys = new Float64Array(count);
  for (let index = 0; index < count; index += 1) keys[index] = index - (values[index] ?? 0) * count;
  // By division, as the remainder of such numbers takes long.
  return new Uint32Array(keys.sort().map((key) => key - count * Math.floor(key / count)));
}

/** In a loop over indices: iterators take longer than what is done here. */
function cellsOf(order: Uint32Array, cell: (index: number) => string): string[] {
  const cells: string[] = [];
  for (let row = 0; row < order.length; row += 1) cells.push(cell(order[row] ?? 0));
  return cells;
}
