import { escapeControls, jsonLine } from '../../core/escape.ts';
import { list } from '../../core/list.ts';
import type { Delivery, Event, ProcessSample, Snapshot } from '../../core/types.ts';

/** `ndjson`: one JSON object a line. `tsv`: what smartpsstop sent: the total in kB, then `name TAB pid TAB pss Kb`. */
export type WireFormat = 'ndjson' | 'tsv';

/**
 * A snapshot as lines. In JSON the first line is `{"type":"snapshot", time, uptime, host, processes, pss, swapPss, unread,
 * gone, coverage, total, available}`, then one `{"type":"process", time, host, pid, start, name, user, pss, swapPss, uss,
 * rss, …}` for each process, the biggest first. `time` is Unix ms, sizes are bytes. A process that could not be read has
 * `"pss":null`, `pssAtMost` and `unread` with the reason.
 */
export function snapshotLines(snapshot: Snapshot, format: WireFormat): string {
  const listing = list(snapshot);
  const { totals } = listing;
  if (format === 'tsv') {
    const rows = listing.rows.map((row) => `${row.name}\t${row.pid}\t${kB(row.unread === 0 ? row.pss : 0)} Kb\n`);
    return `${kB(totals.pss)}\n${rows.join('')}`;
  }
  const { time, uptime, host, gone, memory } = snapshot;
  const head = {
    ...{ type: 'snapshot', time, uptime, host, processes: totals.processes, pss: totals.pss, swapPss: totals.swap },
    ...{ unread: totals.unread, gone, coverage: listing.host?.coverage ?? null },
    ...{ total: memory.total, available: memory.available },
  };
  const lines = listing.rows.map((row) => row.samples.map((sample) => processLine(snapshot, sample)).join(''));
  return `${jsonLine(head)}\n${lines.join('')}`;
}

/** An event or a delivery as one line; smartpsstop knew neither, so its format has none. */
export function recordLine(record: Event | Delivery, format: WireFormat): string {
  return format === 'tsv' ? '' : `${jsonLine(record)}\n`;
}

function processLine({ time, host }: Snapshot, { process, exact, rss, unread }: ProcessSample): string {
  const { pid, start, name, user, unit, container } = process;
  const memory = exact
    ? { pss: exact.pss, swapPss: exact.swapPss, uss: exact.uss, rss: exact.rss }
    : { pss: null, pssAtMost: rss, rss, unread };
  return `${jsonLine({ type: 'process', time, host, pid, start, name, user, unit, container, ...memory })}\n`;
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
