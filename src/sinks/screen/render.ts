import { coverage } from '../../core/coverage.ts';
import { clip, escapeControls } from '../../core/escape.ts';
import type { AlertEvent, HostMemory } from '../../core/types.ts';
import { formatDuration, formatSize, formatValue } from '../../core/units.ts';
import { processLines } from './process-lines.ts';
import { apart, type Span, type Style, setLine, widthOf } from './spans.ts';
import type { Happening, ViewState } from './view-state.ts';

/** What a terminal is like. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
}

type Lines = readonly (readonly Span[])[];

/** The live view as one line of text for each row of the terminal, never wider or more than it has. */
export function render(state: ViewState, { columns, rows, color }: Screen): string[] {
  const head = headLines(state, columns);
  const alerts = rows < 10 ? [] : alertLines(state, columns, Math.max(2, Math.floor(rows / 5)));
  const events = rows < 16 ? [] : eventLines(state.happenings, Math.max(3, Math.floor(rows / 6)));
  const below = alerts.length + events.length;
  const count = Math.max(1, rows - head.length - below - 1);
  const table = processLines(state, columns, count);
  const filling = Array.from({ length: Math.max(0, count + 1 - table.length) }, (): readonly Span[] => []);
  const lines = [...head, ...table, ...filling, ...alerts, ...events];
  return lines.slice(0, rows).map((line) => setLine(line, columns, color));
}

function headLines(state: ViewState, columns: number): Lines {
  const { snapshot } = state;
  const time = new Date(snapshot.time).toTimeString().slice(0, 8);
  const keys: Span = [columns < 60 ? '' : 'q quit  g group   ', 'dim'];
  const title = apart([['psstop', 'bold'], [`  ${escapeControls(snapshot.host)}`]], [keys, [time]], columns);
  return [title, memoryLine(snapshot.memory, columns), summaryLine(state, columns), []];
}

/** `RAM ███▓▓▓···· 4.00 of 8.00 GiB`: what processes hold, what else is in use, what is free. */
function memoryLine(memory: HostMemory, columns: number): readonly Span[] {
  const { total, available, anon, mapped, swapTotal, swapFree } = memory;
  if (total <= 0) return [];
  const used = Math.max(0, total - available);
  const swap = swapTotal > 0 ? `  swap ${formatSize(swapTotal - swapFree)} of ${formatSize(swapTotal)}` : '';
  const text = ` ${formatSize(used)} of ${formatSize(total)} in use${swap}`;
  const width = Math.max(0, Math.min(30, columns - 4 - text.length));
  const cells = (bytes: number): number => Math.round((Math.min(bytes, total) / total) * width);
  const held = Math.min(cells(anon + mapped), cells(used));
  const bar: Span[] = [
    ['█'.repeat(held), 'cyan'],
    ['▓'.repeat(cells(used) - held), 'dim'],
    ['·'.repeat(width - cells(used)), 'dim'],
  ];
  return [['RAM'], [width > 0 ? ' ' : ''], ...bar, [text]];
}

/** Sheds its last parts where there is no room. */
function summaryLine({ snapshot, listing }: ViewState, columns: number): readonly Span[] {
  const { ratio, unread } = coverage(snapshot);
  const missing = Object.values(unread).reduce((sum, count) => sum + count, 0);
  const covered = `${(Math.floor(ratio * 1000) / 10).toFixed(1)} % covered`;
  const parts: Span[] = [
    [`${snapshot.processes.length} processes`],
    [`PSS ${formatSize(listing.totals.pss)}`, 'bold'],
    [covered, ratio < 0.9 ? 'yellow' : undefined],
    ...(missing > 0 ? ([[`${missing} not read`, 'yellow']] as const) : []),
    [`cost ${formatDuration(snapshot.cost.wall)}, CPU ${formatDuration(snapshot.cost.cpu)}`, 'dim'],
  ];
  const line: Span[] = [];
  for (const part of parts) {
    const next: Span[] = line.length === 0 ? [part] : [['  '], part];
    if (widthOf(line) + widthOf(next) <= columns) line.push(...next);
  }
  return line;
}

function alertLines({ alerts, rules, snapshot }: ViewState, columns: number, most: number): Lines {
  const firing = alerts.filter((event) => event.kind !== 'pending').length;
  const title: Span[] = [
    ['ALERTS  ', 'bold'],
    [firing > 0 ? `${firing} firing` : 'none firing', firing > 0 ? 'red' : 'green'],
    [alerts.length > firing ? `  ${alerts.length - firing} pending` : '', 'yellow'],
    [rules === undefined ? '' : `  ${rules} ${rules === 1 ? 'rule' : 'rules'} watching`, 'dim'],
  ];
  const shown = alerts.slice(0, alerts.length > most ? most - 1 : most);
  const rest: Lines = alerts.length > shown.length ? [[[`  and ${alerts.length - shown.length} more`, 'dim']]] : [];
  return [[], title, ...shown.map((event) => alertLine(event, snapshot.time, columns)), ...rest];
}

/** The target's name gives way to the figures; a narrow terminal sees fewer of them. */
function alertLine(event: AlertEvent, now: number, columns: number): readonly Span[] {
  const pending = event.kind === 'pending';
  const narrow = columns < 60;
  const style: Style = !pending && event.severity === 'critical' ? 'red' : 'yellow';
  const word = pending ? 'pending ' : 'firing  ';
  const limit = narrow ? '' : `, limit ${formatValue(event.limit, event.unit)}`;
  const figures = `  ${formatValue(event.value, event.unit)}${limit}`;
  const left: Span[] = [
    [`${pending ? '○' : '●'} ${narrow ? '' : word}`, style],
    [formatDuration(Math.max(0, now - event.since)).padEnd(8)],
    [`${clip(escapeControls(event.rule), Math.floor(columns / (narrow ? 4 : 3)))}  `, 'bold'],
  ];
  const room = columns - widthOf(left) - figures.length;
  return apart([...left, [clip(escapeControls(event.target.name), Math.max(4, room))]], [[figures]], columns);
}

function eventLines(happenings: readonly Happening[], most: number): Lines {
  const lines = happenings.slice(-most).map(({ time, text, level }): readonly Span[] => [
    [`${new Date(time).toTimeString().slice(0, 8)} `, 'dim'],
    [escapeControls(text), LEVELS[level]],
  ]);
  const filling: Lines = Array.from({ length: most - lines.length }, () => []);
  return [[], [['EVENTS', 'bold']], ...lines, ...filling];
}

const LEVELS: Readonly<Record<Happening['level'], Style | undefined>> = {
  alarm: 'red',
  warning: 'yellow',
  good: 'green',
  plain: undefined,
};
