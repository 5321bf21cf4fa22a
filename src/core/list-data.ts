import { type Listing, type ListOptions, type ListRow, list } from './list.ts';
import type { ExactReading, ProcessSample, Snapshot } from './types.ts';

/**
 * CSV (RFC 4180) as `smartpsstop -f` wrote it: name, pid, PSS in kB, one process a line, no header. PSS is empty where it
 * is not known. Groups have their number of processes in place of the pid.
 */
export function listCsv(listing: Listing): string {
  let text = '';
  for (const row of listing.rows) {
    const second = listing.by === 'process' ? row.pid : row.samples.length;
    text += `${csvField(row.name)},${second},${row.unread === 0 ? Math.round(row.pss / 1024) : ''}\n`;
  }
  return text;
}

const QUOTED = /[",\r\n]|^\s|\s$/;
/** What makes a spreadsheet compute a field (OWASP, CSV injection), full-width forms included. */
const FORMULA = /^\s*[=+\-@\t\r＝＋－＠]/;

/** One field of a CSV line, quoted where RFC 4180 wants it; what a spreadsheet would take for a formula gets an apostrophe in front. Expects controls to be escaped. */
export function csvField(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * The list as data for JSON, with every figure; sizes in bytes. A figure that was not read in this snapshot is null and
 * stands with its bounds, `pss: null, pssAtMost: 1234`, and with what was read before, if anything was:
 * `last: { age: 5000, pss: 1200 … }`, `age` in ms. Names are as they are: write with `jsonLine`.
 */
export function listJson(snapshot: Snapshot, options: ListOptions = {}): Readonly<Record<string, unknown>> {
  const listing = list(snapshot, options);
  const { missing, earlier, ...totals } = listing.totals;
  return {
    type: 'list',
    time: new Date(snapshot.time).toISOString(),
    host: snapshot.host,
    by: listing.by,
    rows: listing.rows.map((row) => (listing.by === 'process' ? processJson(row) : groupJson(row))),
    totals: {
      ...totals,
      pssAtMost: totals.pss + totals.unreadAtMost,
      ...(earlier.processes > 0 && { last: earlier }),
      omittedRows: listing.omitted,
    },
    gone: listing.gone,
    memory: snapshot.memory,
    // Of a few processes it would tell nothing.
    coverage: listing.whole ? (listing.host?.coverage ?? null) : null,
    unaccounted: listing.host?.unaccounted ?? null,
    cost: snapshot.cost,
  };
}

function processJson(row: ListRow): Readonly<Record<string, unknown>> {
  const sample = row.samples[0];
  return sample ? { ...sample.process, name: row.key, ...memoryJson(sample, row) } : { name: row.key };
}

function memoryJson(sample: ProcessSample, row: ListRow): Readonly<Record<string, unknown>> {
  const { exact, last, rss, unread, ceiling } = sample;
  const limit = ceiling === undefined ? {} : { ceiling };
  if (exact !== undefined) return { ...figuresJson(exact), ...limit };
  const before = last && { last: { age: row.age, ...figuresJson(last) } };
  return { pss: null, pssAtMost: row.pssHigh, rss, unread: unread ?? null, ...before, ...limit };
}

function figuresJson({ at, ...figures }: ExactReading): Omit<ExactReading, 'at'> {
  return figures;
}

function groupJson(row: ListRow): Readonly<Record<string, unknown>> {
  const exact = row.unread === 0;
  const { known, swap, age, unread, samples } = row;
  const before = row.age > 0 && { last: { age, pss: known, swapPss: swap, processes: samples.length - row.unknown } };
  return {
    name: row.key,
    processes: samples.length,
    pids: samples.map((sample) => sample.process.pid),
    pss: exact ? row.pss : null,
    ...(exact ? {} : { pssAtLeast: row.pssLow, pssAtMost: row.pssHigh, unread }),
    swapPss: exact ? swap : null,
    ...before,
    rss: row.rss,
  };
}
