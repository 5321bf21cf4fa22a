import type { ListRow } from '../../core/list.ts';
import { fitCell } from '../../core/table.ts';
import { formatSize } from '../../core/units.ts';
import type { Span, Style } from './spans.ts';
import { direction, POINTS, sparkline } from './trend.ts';
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
const OLD = 60_000;
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
  { title: 'PSS', width: 11, align: 'right', from: 0, cell: (row, state) => [pss(row, state)] },
  { title: 'TREND 6 min', width: POINTS + 2, align: 'left', from: 60, cell: trendCell },
  { title: 'SWAP', width: 8, align: 'right', from: 70, cell: (row) => [swap(row), row.swap > 0 ? 'yellow' : 'dim'] },
  { title: 'RAM', width: 6, align: 'right', from: 36, cell: (row, state) => [share(row, state)] },
];
const GAP = '  ';

/** The table of processes: its titles, then so many rows. PSS that was not read shows as `≤`, a reading older than a minute as `~`. */
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

function pss(row: ListRow, { snapshot }: ViewState): string {
  if (row.unread > 0) return `≤ ${formatSize(row.pss)}`;
  const oldest = Math.min(...row.samples.map((sample) => sample.exact?.at ?? snapshot.uptime));
  return `${snapshot.uptime - oldest > OLD ? '~ ' : ''}${formatSize(row.pss)}`;
}

function swap(row: ListRow): string {
  if (row.unread > 0 && row.swap === 0) return '?';
  return row.swap === 0 ? '-' : formatSize(row.swap);
}

function share(row: ListRow, { snapshot }: ViewState): string {
  const { total } = snapshot.memory;
  return total > 0 ? `${((row.pss / total) * 100).toFixed(1)} %` : '';
}

function trendCell(row: ListRow, { trends, listing }: ViewState): Span {
  const trend = trends.get(rowKey(row, listing.by));
  if (trend === undefined) return [''];
  const way = direction(trend);
  const style = way === 'up' ? 'yellow' : way === 'down' ? 'green' : 'dim';
  return [`${sparkline(trend)} ${way ? ARROWS[way] : ''}`, style];
}

function alarmsOf({ alerts }: ViewState): ReadonlyMap<string, Style> {
  const alarms = new Map<string, Style>();
  // The gravest comes first and stays.
  for (const { target, kind, severity } of alerts) {
    const style = kind === 'pending' || severity !== 'critical' ? 'yellow' : 'red';
    for (const { pid, start } of target.processes) {
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
