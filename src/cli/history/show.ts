import { sparkline } from '../../core/curve.ts';
import { escapeControls, jsonLine } from '../../core/escape.ts';
import type { Happening } from '../../core/history/read.ts';
import { csvField } from '../../core/list-data.ts';
import { type Column, formatTable } from '../../core/table.ts';
import { formatSize } from '../../core/units.ts';
import type { HistoryBy } from './request.ts';
import { iso, type Point, type Row } from './rows.ts';

/** Bars of a trend. */
const BARS = 24;

const TITLES: Readonly<Record<HistoryBy, string>> = {
  name: 'Process Name',
  unit: 'Unit',
  container: 'Container',
  process: 'Process',
  host: 'Host',
};

/** One line a series: the least, the middle, the greatest and the last that it held, how it went, and what of that was its own doing. */
export function historyTable(rows: readonly Row[], width?: number): string {
  const times = rows.flatMap((row) => [row.times[0] ?? 0, row.times.at(-1) ?? 0]);
  const span = { since: Math.min(...times), until: Math.max(...times) };
  const sizes = (title: string, size: (row: Row) => number): Column => ({
    ...{ title, align: 'right' },
    cells: rows.map((row) => formatSize(size(row))),
  });
  const columns: Column[] = [
    { title: TITLES[rows[0]?.by ?? 'name'], cells: rows.map(({ name }) => name), flexible: true },
    sizes('Least', ({ least }) => least),
    sizes('Mean', meanOf),
    sizes('Most', ({ most }) => most),
    sizes('Last', (row) => row.sizes.at(-1) ?? 0),
    ...growthColumns(rows),
    { title: 'Trend', cells: rows.map((row) => trendOf(row, span)) },
  ];
  return `${formatTable({ columns, ...(width !== undefined && { width }) }).join('\n')}\n`;
}

/** By how much it grew by itself, and through others that share its pages; nothing where that is known of nobody. */
function growthColumns(rows: readonly Row[]): Column[] {
  if (rows.every(({ growth }) => growth === undefined)) return [];
  const column = (title: string, part: 'own' | 'share'): Column => ({
    ...{ title, align: 'right' },
    cells: rows.map(({ growth }) => (growth === undefined ? '' : signed(growth[part]))),
  });
  return [column('Own', 'own'), column('Sharing', 'share')];
}

/** Stored figures are kB: what is less than a page came of rounding. */
const PAGE = 4096;

function signed(bytes: number): string {
  if (Math.abs(bytes) < PAGE) return formatSize(0);
  return `${bytes < 0 ? '-' : '+'}${formatSize(Math.abs(bytes))}`;
}

/** The middle over time: a point counts until the next one, as nothing else is known of what was in between. */
function meanOf({ times, sizes }: Row): number {
  let [sum, time] = [0, 0];
  for (const [index, at] of times.entries()) {
    const next = times[index + 1];
    if (next === undefined) continue;
    sum += (sizes[index] ?? 0) * (next - at);
    time += next - at;
  }
  return time > 0 ? sum / time : (sizes[0] ?? 0);
}

/** The last figure of each part of the time; what was known before a part goes on as long as there are points. */
function trendOf({ times, sizes }: Row, { since, until }: { since: number; until: number }): string {
  const bars = new Float64Array(BARS).fill(Number.NaN);
  const length = Math.max(1, until - since);
  const barOf = (time: number): number => Math.min(BARS - 1, Math.floor(((time - since) / length) * BARS));
  for (const [index, time] of times.entries()) bars[barOf(time)] = sizes[index] ?? 0;
  const last = barOf(times.at(-1) ?? since);
  for (let bar = 1; bar < last; bar += 1) if (Number.isNaN(bars[bar])) bars[bar] = bars[bar - 1] ?? Number.NaN;
  return sparkline(bars);
}

/** One JSON object a series, with all its points; times are ISO 8601. */
export function* historyJson(rows: readonly Row[]): Generator<string> {
  for (const { by, of, points, growth: shift } of rows) {
    const written = points().map(({ all }) => ({ ...all, time: iso(all.time) }));
    const growth = shift && { growth: { pss: shift.total, own: shift.own, sharing: shift.share } };
    yield `${jsonLine({ type: 'history', by, ...of, ...growth, points: written })}\n`;
  }
}

/** CSV (RFC 4180), one row a point: sizes are kB of 1024 bytes, times ISO 8601 in UTC. */
export function* historyCsv(rows: readonly Row[]): Generator<string> {
  yield `${HISTORY_CSV}\n`;
  for (const { by, of, points } of rows) {
    const lines = points().map((point) =>
      csvLine([iso(point.time), by, keyOf(by, of), of.pid ?? '', ...figuresOf(point)]),
    );
    yield `${lines.join('\n')}\n`;
  }
}

/** The columns. `pss_kb` of the host is what was in use. Swap and private memory stand where they are kept. */
const HISTORY_CSV = 'time,by,name,pid,pss_kb,least_kb,most_kb,swap_kb,uss_kb,processes,readings';

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
export function* eventLines(events: readonly Happening[], json: boolean): Generator<string> {
  for (const { time, what } of events) {
    const at = iso(what.time ?? time);
    yield json ? `${jsonLine({ ...what, time: at })}\n` : `${escapeControls(`${at} ${textOf(what)}`)}\n`;
  }
}

function textOf(what: Happening['what']): string {
  if (what.type === 'notice') return `notice ${what.kind}: ${what.message}`;
  if (what.type === 'delivery')
    return `${what.action} ${what.outcome} for ${what.rule} (${what.target}, ${what.kind}): ${what.reason}`;
  return `${what.kind} ${what.severity} ${what.rule}: ${what.message}`;
}
