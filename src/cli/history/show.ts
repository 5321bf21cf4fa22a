import { sparkline } from '../../core/curve.ts';
import { escapeControls, jsonLine } from '../../core/escape.ts';
import type { Happening } from '../../core/history/read.ts';
import { csvField } from '../../core/list-data.ts';
import { type Column, formatTable } from '../../core/table.ts';
import { formatSize } from '../../core/units.ts';
import type { HistoryBy } from './request.ts';
import { iso, mostOf, type Point, type Row } from './rows.ts';

/** Bars of a trend. */
const BARS = 24;

const TITLES: Readonly<Record<HistoryBy, string>> = {
  name: 'Process Name',
  unit: 'Unit',
  container: 'Container',
  process: 'Process',
  host: 'Host',
};

/** One line a series: the least, the middle, the greatest and the last that it held, and how it went. */
export function historyTable(rows: readonly Row[], width?: number): string {
  const times = rows.flatMap(({ points }) => [points[0]?.time ?? 0, points.at(-1)?.time ?? 0]);
  const span = { since: Math.min(...times), until: Math.max(...times) };
  const sizes = (title: string, size: (row: Row) => number): Column => ({
    ...{ title, align: 'right' },
    cells: rows.map((row) => formatSize(size(row))),
  });
  const columns: Column[] = [
    { title: TITLES[rows[0]?.by ?? 'name'], cells: rows.map(({ name }) => name), flexible: true },
    sizes('Least', leastOf),
    sizes('Mean', meanOf),
    sizes('Most', mostOf),
    sizes('Last', ({ points }) => points.at(-1)?.pss ?? 0),
    { title: 'Trend', cells: rows.map(({ points }) => trendOf(points, span)) },
  ];
  return `${formatTable({ columns, ...(width !== undefined && { width }) }).join('\n')}\n`;
}

function leastOf({ points }: Row): number {
  return points.reduce((least, point) => Math.min(least, point.least), Number.POSITIVE_INFINITY);
}

/** The middle over time: a point counts until the next one, as nothing else is known of what was in between. */
function meanOf({ points }: Row): number {
  let [sum, time] = [0, 0];
  for (const [index, { time: at, pss }] of points.entries()) {
    const next = points[index + 1]?.time;
    if (next === undefined) continue;
    sum += pss * (next - at);
    time += next - at;
  }
  return time > 0 ? sum / time : (points[0]?.pss ?? 0);
}

/** The last figure of each part of the time; what was known before a part goes on as long as there are points. */
function trendOf(points: readonly Point[], { since, until }: { since: number; until: number }): string {
  const bars = new Float64Array(BARS).fill(Number.NaN);
  const length = Math.max(1, until - since);
  const barOf = (time: number): number => Math.min(BARS - 1, Math.floor(((time - since) / length) * BARS));
  for (const { time, pss } of points) bars[barOf(time)] = pss;
  const last = barOf(points.at(-1)?.time ?? since);
  for (let bar = 1; bar < last; bar += 1) if (Number.isNaN(bars[bar])) bars[bar] = bars[bar - 1] ?? Number.NaN;
  return sparkline(bars);
}

/** One JSON object a series, with all its points; times are ISO 8601. */
export function historyJson(rows: readonly Row[]): string {
  return rows
    .map(({ by, of, points }) => {
      const written = points.map(({ all }) => ({ ...all, time: iso(all.time) }));
      return `${jsonLine({ type: 'history', by, ...of, points: written })}\n`;
    })
    .join('');
}

/** CSV (RFC 4180), one row a point: sizes are kB of 1024 bytes, times ISO 8601 in UTC. */
export function historyCsv(rows: readonly Row[]): string {
  const lines = rows.flatMap(({ by, of, points }) =>
    points.map((point) => `${csvLine([iso(point.time), by, keyOf(by, of), of.pid ?? '', ...figuresOf(point)])}\n`),
  );
  return `${HISTORY_CSV}\n${lines.join('')}`;
}

/** The columns. `pss_kb` of the host is what was in use. Swap and private memory stand where they are kept. */
export const HISTORY_CSV = 'time,by,name,pid,pss_kb,least_kb,most_kb,swap_kb,uss_kb,processes,readings';

function figuresOf({ pss, least, most, count, all }: Point): (string | number)[] {
  const swap = 'swap' in all ? kB(all.swap) : '';
  const uss = 'uss' in all ? kB(all.uss) : '';
  return [kB(pss), kB(least), kB(most), swap, uss, 'processes' in all ? all.processes : 1, count];
}

function keyOf(by: HistoryBy, of: Row['of']): string {
  return String((by === 'process' ? of.name : of[by]) ?? '');
}

function csvLine(fields: readonly unknown[]): string {
  return fields.map((field) => csvField(escapeControls(String(field)))).join(',');
}

function kB(bytes: number): number {
  return Math.round(bytes / 1024);
}

/** What happened, one line each. */
export function eventLines(events: readonly Happening[], json: boolean): string {
  if (json) return events.map(({ time, what }) => `${jsonLine({ ...what, time: iso(what.time ?? time) })}\n`).join('');
  return events.map(({ time, what }) => `${escapeControls(`${iso(what.time ?? time)} ${textOf(what)}`)}\n`).join('');
}

function textOf(what: Happening['what']): string {
  if (what.type === 'notice') return `notice ${what.kind}: ${what.message}`;
  if (what.type === 'delivery')
    return `${what.action} ${what.outcome} for ${what.rule} (${what.target}, ${what.kind}): ${what.reason}`;
  return `${what.kind} ${what.severity} ${what.rule}: ${what.message}`;
}
