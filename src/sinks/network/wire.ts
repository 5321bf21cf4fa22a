import { escapeControls, jsonLine } from '../../core/escape.ts';
import { type ListRow, list } from '../../core/list.ts';
import { holdingsOf } from '../../core/totals.ts';
import type { Delivery, Event, ExactReading, Snapshot } from '../../core/types.ts';

/**
 * `ndjson`: one JSON object a line. `tsv`: what smartpsstop sent: the total in kB, then `name TAB pid TAB pss Kb`; where a process
 * was not read in this snapshot, the last reading, and 0 where there was none.
 */
export type WireFormat = 'ndjson' | 'tsv';

/**
 * A snapshot as lines. In JSON the first line is `{"type":"snapshot", time, uptime, host, processes, pss, pssFrom, swapPss, read,
 * unread, gone, coverage, total, available}`: `pssFrom` is `kernel` (AnonPages + Mapped), `readings` (all of this snapshot) or
 * `old-readings`. Then one `{"type":"process", time, host, pid, start, name, user, pss, swapPss, uss, rss, …}` for each process,
 * the biggest first. `time` is Unix ms, sizes are bytes. A process that was not read in this snapshot has `"pss":null`,
 * `pssAtMost`, `unread` with the reason where it was to be read, and `"last":{age, pss, swapPss, uss}` where it was read
 * before, `age` ms ago.
 */
export function snapshotLines(snapshot: Snapshot, format: WireFormat): string {
  const listing = list(snapshot);
  const { totals } = listing;
  if (format === 'tsv') {
    const rows = listing.rows.map((row) => `${row.name}\t${row.pid}\t${kB(row.known)} Kb\n`);
    return `${kB(totals.pss + totals.earlier.pss)}\n${rows.join('')}`;
  }
  const { time, uptime, host, gone, memory, cost } = snapshot;
  const { pss, from } = holdingsOf(snapshot);
  const head = {
    ...{ type: 'snapshot', time, uptime, host, processes: totals.processes, pss, pssFrom: from },
    ...{ swapPss: totals.swap + totals.earlier.swap, read: cost.exact, unread: totals.unread, gone },
    ...{ coverage: listing.host?.coverage ?? null, total: memory.total, available: memory.available },
  };
  return `${jsonLine(head)}\n${listing.rows.map((row) => processLine(snapshot, row)).join('')}`;
}

/** An event or a delivery as one line; smartpsstop knew neither, so its format has none. */
export function recordLine(record: Event | Delivery, format: WireFormat): string {
  return format === 'tsv' ? '' : `${jsonLine(record)}\n`;
}

function processLine({ time, host }: Snapshot, row: ListRow): string {
  const [sample] = row.samples;
  if (sample === undefined) return '';
  const { process, exact, last, rss, unread } = sample;
  const { pid, start, name, user, unit, container } = process;
  const memory = exact
    ? { ...shown(exact), rss: exact.rss }
    : { pss: null, pssAtMost: row.pssHigh, rss, unread, ...(last && { last: { age: row.age, ...shown(last) } }) };
  return `${jsonLine({ type: 'process', time, host, pid, start, name, user, unit, container, ...memory })}\n`;
}

function shown({ pss, swapPss, uss }: ExactReading): Pick<ExactReading, 'pss' | 'swapPss' | 'uss'> {
  return { pss, swapPss, uss };
}

function kB(bytes: number): number {
  return Math.round(bytes / 1024);
}

/** Reads `HOST:PORT` or `[::1]:8081`. @throws Error saying what to write instead. */
export function parseAddress(text: string): { readonly host: string; readonly port: number } {
  const found = /^(?:\[([0-9A-Fa-f:.%\w]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(text);
  const port = Number(found?.[3]);
  if (found === null || port < 1 || port > 65535) {
    throw new Error(`"${escapeControls(text)}" is not HOST:PORT: write 127.0.0.1:8081 or [::1]:8081`);
  }
  return { host: found[1] ?? found[2] ?? '', port };
}
