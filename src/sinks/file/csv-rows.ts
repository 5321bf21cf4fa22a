import { escapeControls } from '../../core/escape.ts';
import { type ListRow, list } from '../../core/list.ts';
import { csvField } from '../../core/list-data.ts';
import type { Snapshot } from '../../core/types.ts';

/** The columns of a CSV file. Time is ISO 8601 in UTC; sizes are kB of 1024 bytes; `age_s` is seconds. */
export const CSV_HEADER =
  'time,name,pid,pss_kb,swap_pss_kb,uss_kb,rss_kb,pss_at_most_kb,unread,user,unit,container,host,age_s\n';

/**
 * One row (RFC 4180) a process, the biggest first. What was read in this snapshot has nothing in `age_s`. Else PSS, SwapPss
 * and USS are those of the last reading, `age_s` seconds ago; a process that was never read has nothing in these four. RSS and
 * `pss_at_most_kb` are of this snapshot; `unread` says why a process that was to be read could not be.
 */
export function csvRows(snapshot: Snapshot, top?: number): string {
  const time = new Date(snapshot.time).toISOString();
  const { rows } = list(snapshot, top === undefined ? {} : { top });
  return rows.map((row) => `${time},${fields(row).join(',')},${text(snapshot.host)},${age(row)}\n`).join('');
}

function fields(row: ListRow): (string | number)[] {
  const [sample] = row.samples;
  if (sample === undefined) return [];
  const { process, unread } = sample;
  const reading = sample.exact ?? sample.last;
  const read = reading ? [kB(reading.pss), kB(reading.swapPss), kB(reading.uss)] : ['', '', ''];
  const now = [kB(row.rss), kB(row.pssHigh), unread ?? ''];
  return [
    csvField(row.name),
    row.pid,
    ...read,
    ...now,
    text(process.user),
    text(process.unit),
    text(process.container),
  ];
}

function age(row: ListRow): string {
  return row.age > 0 ? (row.age / 1000).toFixed(1) : '';
}

function text(value: string | undefined): string {
  return csvField(escapeControls(value ?? ''));
}

function kB(bytes: number): number {
  return Math.round(bytes / 1024);
}
