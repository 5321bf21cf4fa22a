import { sparkline } from '../../core/curve.ts';
import type { ListRow } from '../../core/list.ts';
import { fitCell } from '../../core/table.ts';
import { formatAge, formatSize } from '../../core/units.ts';
import type { Span, Style } from './spans.ts';
import { direction, POINTS } from './trend.ts';
import { rowKey, type ViewState } from './view-state.ts';

interface ViewColumn {
  readonly title: string;
  readonly width: number;
  readonly align: 'left' | 'right';
  /** Shown only on terminals with so many columns. */
  readonly from: number;
  readonly cell: (row: ListRow, view: TableView) => Span;
}

interface TableView extends ViewState {
  /** Colours of the processes that alerts are about, by pid and start. */
  readonly alarms: ReadonlyMap<string, Style>;
}

const TITLES = { process: 'NAME', name: 'NAME', unit: 'UNIT', container: 'CONTAINER', user: 'USER' } as const;
const ARROWS = { up: '↗', down: '↘', level: '→' } as const;
const NAME = 'name';

const COLUMNS: readonly ViewColumn[] = [
  {
    title: 'PID',
    width: 7,
    align: 'right',
    from: 36,
    cell: (row, { listing }) => [countOrPid(row, listing.by), 'dim'],
  },
  { title: NAME, width: 0, align: 'left', from: 0, cell: (row, { alarms }) => [row.name, alarm(row, alarms)] },
  { title: 'PSS', width: 10, align: 'right', from: 0, cell: (row) => [pss(row), oldStyle(row)] },
  { title: 'READ', width: 5, align: 'right', from: 36, cell: (row) => [read(row), 'dim'] },
  { title: 'TREND 6 min', width: POINTS + 2, align: 'left', from: 60, cell: trendCell },
  { title: 'SWAP', width: 8, align: 'right', from: 70, cell: (row) => [swap(row), row.swap > 0 ? 'yellow' : 'dim'] },
  { title: 'RAM', width: 6, align: 'right', from: 90, cell: (row, state) => [share(row, state)] },
];
const GAP = '  ';

/**
 * The table of processes: its titles, then so many rows. READ says of when a figure is: `now` is exact, `35s` is the last
 * reading (of a group the sum, and the oldest of its readings), `8/10` adds up those that were ever read. PSS shows as `≤` what
 * is known without reading, where there was none, or where that is less.
 */
export function processLines(state: ViewState, columns: number, count: number): readonly (readonly Span[])[] {
  const shown = COLUMNS.filter((column) => column.from <= columns);
  const fixed = shown.reduce((sum, { width }) => sum + width, GAP.length * (shown.length - 1));
  const widths = shown.map((column) => (column.title === NAME ? Math.max(4, columns - fixed) : column.width));
  const { by, rows } = state.listing;
  const view = { ...state, alarms: alarmsOf(state) };
  const titles = shown.map((column): Span => [title(column, by), 'bold']);
  const lines = rows.slice(0, count).map((row) => shown.map((column) => column.cell(row, view)));
  return [titles, ...lines].map((cells) =>
    cells.flatMap(([text, style], i): Span[] => {
      const width = widths[i] ?? 0;
      const span: Span = [fitCell(text, width, shown[i]?.align), style];
      return i === 0 ? [span] : [[GAP], span];
    }),
  );
}

function title(column: ViewColumn, by: keyof typeof TITLES): string {
  if (column.title === NAME) return TITLES[by];
  return column.title === 'PID' && by !== 'process' ? 'COUNT' : column.title;
}

function countOrPid(row: ListRow, by: string): string {
  return String(by === 'process' ? row.pid : row.samples.length);
}

function pss({ pssHigh, known, unread }: ListRow): string {
  const figure = known > 0 ? known : pssHigh;
  return `${unread > 0 && figure >= pssHigh ? '≤ ' : ''}${formatSize(figure)}`;
}

function oldStyle({ unread }: ListRow): Style | undefined {
  return unread > 0 ? 'dim' : undefined;
}

function read({ unread, unknown, age, samples }: ListRow): string {
  if (unread === 0) return 'now';
  if (unknown === 0) return formatAge(age);
  return unknown === samples.length ? '-' : `${samples.length - unknown}/${samples.length}`;
}

function swap({ swap, unknown, samples }: ListRow): string {
  if (swap > 0) return formatSize(swap);
  const sure = unknown === 0 || samples.every(({ exact, last, swap: most }) => exact ?? last ?? most === 0);
  return sure ? '-' : '?';
}

function share(row: ListRow, { snapshot }: ViewState): string {
  const { total } = snapshot.memory;
  return total > 0 && row.known > 0 ? `${((row.known / total) * 100).toFixed(1)} %` : '';
}

function trendCell(row: ListRow, { trends, listing }: ViewState): Span {
  const trend = trends.get(rowKey(row, listing.by));
  if (trend === undefined) return [''];
  const way = direction(trend);
  const style = way === 'up' ? 'yellow' : way === 'down' ? 'green' : 'dim';
  return [`${sparkline(trend.points)} ${way ? ARROWS[way] : ''}`, style];
}

function alarmsOf({ alerts }: ViewState): ReadonlyMap<string, Style> {
  const alarms = new Map<string, Style>();
  // The gravest comes first and stays.
  for (const { target, kind, severity } of alerts) {
    const style = kind === 'pending' || severity !== 'critical' ? 'yellow' : 'red';
    for (const { pid, start } of target.processes ?? []) {
      if (!alarms.has(`${pid}:${start}`)) alarms.set(`${pid}:${start}`, style);
    }
  }
  return alarms;
}

function alarm(row: ListRow, alarms: TableView['alarms']): Style | undefined {
  if (alarms.size === 0) return undefined;
  for (const { process } of row.samples) {
    const style = alarms.get(`${process.pid}:${process.start}`);
    if (style) return style;
  }
  return undefined;
}
