import { type Kind, READING, shapeOf, toCell } from '../../core/history/shapes.ts';
import type { ExactReading, ProcessSample, Snapshot } from '../../core/types.ts';

/** Filled anew for every reading. */
const FIGURES: (number | undefined)[] = new Array(READING.length - 1).fill(0);

/** The columns of a reading after the time; valid until the next call. */
export function readingFigures({ cpu, threads }: ProcessSample, exact: ExactReading): readonly (number | undefined)[] {
  FIGURES[0] = exact.anon;
  FIGURES[1] = exact.file;
  FIGURES[2] = exact.shmem;
  FIGURES[3] = exact.pss;
  FIGURES[4] = exact.uss;
  FIGURES[5] = exact.dirty;
  FIGURES[6] = exact.rss;
  FIGURES[7] = exact.swapPss;
  FIGURES[8] = cpu;
  FIGURES[9] = threads;
  return FIGURES;
}

/** The columns of the host after the time. */
export function hostFigures({ processes, cost, memory }: Snapshot): (number | undefined)[] {
  const { total, available, anon, mapped, swapTotal, swapFree, pressure } = memory;
  return [
    ...[processes.length, cost.exact, cost.wall, cost.longest, cost.cpu],
    ...[total, available, anon, mapped, swapTotal, swapFree],
    ...[pressure?.some10, pressure?.some60, pressure?.full10, pressure?.full60],
  ];
}

/** Used again for every block. */
const COLUMNS = new Map<Kind, Float64Array[]>();

/** Columns to gather a block in; valid until the next call for the same kind. */
export function columnsFor(kind: Kind): Float64Array[] {
  const known = COLUMNS.get(kind) ?? shapeOf(kind).map(() => new Float64Array(16));
  COLUMNS.set(kind, known);
  return known;
}

/** Sets the first row of a block. @returns how many rows there are. */
export function setRow(columns: readonly Float64Array[], cells: readonly number[], kind: Kind): number {
  for (const [index, figure] of shapeOf(kind).entries()) {
    const column = columns[index];
    const cell = cells[index] ?? 0;
    if (column) column[0] = index === 0 ? cell : toCell(cell, figure);
  }
  return 1;
}
