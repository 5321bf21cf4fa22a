import { coverage } from '../../core/coverage.ts';
import { escapeControls } from '../../core/escape.ts';
import { holdingsOf } from '../../core/totals.ts';
import type { Cost, HostMemory } from '../../core/types.ts';
import { formatDuration, formatSize } from '../../core/units.ts';
import { describeCost, describeCoverage, describeHoldings, describeUnread } from '../text/figures.ts';
import { alertLines } from './alert-lines.ts';
import { processLines } from './process-lines.ts';
import { apart, type Lines, type Span, type Style, setLine, widthOf } from './spans.ts';
import type { Happening, ViewState } from './view-state.ts';
import { wrap } from './wrap.ts';

/** What a terminal is like. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
}

/** The live view as one line of text for each row of the terminal, never wider or more than it has. */
export function render(state: ViewState, { columns, rows, color }: Screen): string[] {
  const head = headLines(state, columns);
  const alerts = rows < 10 ? [] : alertLines(state, columns, Math.max(2, Math.floor(rows / 5)));
  const events = rows < 16 ? [] : eventLines(state.happenings, { columns, most: Math.max(3, Math.floor(rows / 6)) });
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

/** Sheds what finds no room. */
function summaryLine({ snapshot }: ViewState, columns: number): readonly Span[] {
  const { ratio, total, unread } = coverage(snapshot);
  const { pss, from } = holdingsOf(snapshot);
  const line: Span[] = [[`${snapshot.processes.length} processes`]];
  const add = (text: string, style?: Style): boolean => {
    const fits = text !== '' && widthOf(line) + 2 + text.length <= columns;
    if (fits) line.push(['  '], [text, style]);
    return fits;
  };
  add(describeHoldings(pss, from), 'bold');
  add(describeCoverage(total > 0 ? ratio : undefined), total > 0 && ratio < 0.9 ? 'yellow' : undefined);
  add(describeUnread(unread), 'yellow');
  costTexts(snapshot.cost).find((text) => add(text, 'dim'));
  return line;
}

/** What the snapshot cost, at length and shorter. */
function costTexts(cost: Cost): string[] {
  const read = `${cost.exact} read`;
  const most = `${read}, ${describeCost(cost)}`;
  return [`${most}, all in ${formatDuration(cost.wall)}`, most, `${read}, CPU ${formatDuration(cost.cpu)}`, read];
}

/** The newest, as many as find room. Where there are few, a long one goes on in the next lines: nobody can scroll to its end. */
function eventLines(happenings: readonly Happening[], room: { columns: number; most: number }): Lines {
  const { columns, most } = room;
  const shown = happenings.slice(-most);
  const lines: Lines[number][] = [];
  let free = most - shown.length;
  for (const { time, text, level } of shown) {
    const pieces = wrap(escapeControls(text), Math.max(20, columns - TIME.length), free + 1);
    free -= pieces.length - 1;
    const at = `${new Date(time).toTimeString().slice(0, 8)} `;
    lines.push(
      ...pieces.map((piece, index): Lines[number] => [
        [index === 0 ? at : TIME, 'dim'],
        [piece, LEVELS[level]],
      ]),
    );
  }
  const filling: Lines = Array.from({ length: free }, () => []);
  return [[], [['EVENTS', 'bold']], ...lines, ...filling];
}

/** As wide as the time before an event. */
const TIME = ' '.repeat(9);

const LEVELS: Readonly<Record<Happening['level'], Style | undefined>> = {
  alarm: 'red',
  warning: 'yellow',
  good: 'green',
  plain: undefined,
};
