import { escapeControls } from '../../core/escape.ts';
import { type ListRow, list } from '../../core/list.ts';
import { csvField } from '../../core/list-data.ts';
import type { Snapshot } from '../../core/types.ts';

/** The columns of a CSV file. Time is ISO 8601 in UTC; sizes are kB of 1024 bytes. */
export const CSV_HEADER =
  'time,name,pid,pss_kb,swap_pss_kb,uss_kb,rss_kb,pss_at_most_kb,unread,user,unit,container,host\n';

/**
 * One row (RFC 4180) a process, the biggest first. A process that could not be read has its reason in `unread`, nothing
 * in the columns that are not known, and its resident set in `pss_at_most_kb`.
 */
export function csvRows(snapshot: Snapshot, top?: number): string {
  const time = new Date(snapshot.time).toISOString();
  const { rows } = list(snapshot, top === undefined ? {} : { top });
  return rows.map((row) => `${time},${fields(row).join(',')},${text(snapshot.host)}\n`).join('');
}

function fields(row: ListRow): (string | number)[] {
  const [sample] = row.samples;
  if (sample === undefined) return [];
  const { exact, unread, process } = sample;
  const figures = exact
    ? [kB(exact.pss), kB(exact.swapPss), kB(exact.uss), kB(exact.rss), kB(exact.pss), '']
    : ['', '', '', kB(sample.rss), kB(sample.rss), unread ?? ''];
  return [csvField(row.name), row.pid, ...figures, text(process.user), text(process.unit), text(process.container)];
}

function text(value: string | undefined): string {
  return csvField(escapeControls(value ?? ''));
}

function kB(bytes: number): number {
  return Math.round(bytes / 1024);
}
