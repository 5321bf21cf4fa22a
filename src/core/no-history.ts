import { Series } from './series.ts';
import { History } from './trend/history.ts';
import type { HistoryWant, SeriesWant } from './types.ts';

const NO_SERIES = new WeakMap<SeriesWant, Series>();
const NO_HISTORIES = new WeakMap<HistoryWant, History>();

/** The series of whoever has none. */
export function noSeries(want: SeriesWant): Series {
  const known = NO_SERIES.get(want) ?? new Series(want);
  NO_SERIES.set(want, known);
  return known;
}

/** The history of whoever has none. */
export function noHistory(want: HistoryWant): History {
  const known = NO_HISTORIES.get(want) ?? new History(want.keep.levels, 0);
  NO_HISTORIES.set(want, known);
  return known;
}
