import { atMost } from './bounds.ts';
import { escapeControls } from './escape.ts';
import { fallingOrder } from './order.ts';
import { type HostFigures, hostFigures, type Totals, totalsOf } from './totals.ts';
import type { ProcessInfo, ProcessSample, Snapshot } from './types.ts';

/** How the rows of a list are put together; `process` is one row each. */
export type ListBy = 'process' | 'name' | 'unit' | 'container' | 'user';
/**
 * What a list is sorted by: figures and counts falling, names and pids rising. `known` is PSS as it was read last, where it
 * was read; `pss` takes what was never read at its most.
 */
export type ListSort = 'pss' | 'known' | 'swap' | 'rss' | 'count' | 'name' | 'pid';

/** What to list, and how. */
export interface ListOptions {
  /** Which processes; all without it. */
  readonly only?: (sample: ProcessSample) => boolean;
  readonly by?: ListBy;
  readonly sort?: ListSort;
  /** Keeps this many rows; totals still count all. */
  readonly top?: number;
  /** Takes the program's name from the command line, where it was read. */
  readonly cmdline?: boolean;
}

/** One process, or one group of them. Sizes in bytes. */
export interface ListRow {
  /** For people, escaped. */
  readonly name: string;
  /** The name as it is; empty for those without a unit or container. */
  readonly key: string;
  readonly samples: readonly ProcessSample[];
  /** Of the first process. */
  readonly pid: number;
  /** The last readings, as far as `pssHigh` allows, and what those that were never read can have at most. Exact when nothing is `unread`. */
  readonly pss: number;
  /** The part of it that was read, now or before. */
  readonly known: number;
  /** What it has now, at least and at most. */
  readonly pssLow: number;
  readonly pssHigh: number;
  /** SwapPss as it was last read. */
  readonly swap: number;
  /** How many of its processes were not read in this snapshot, and how many of these never were. */
  readonly unread: number;
  readonly unknown: number;
  /** Age of the oldest reading in it, ms; 0: all are of this snapshot. */
  readonly age: number;
  readonly rss: number;
}

/** The rows of a list, and their sums. */
export interface Listing {
  readonly by: ListBy;
  readonly sort: ListSort;
  readonly rows: readonly ListRow[];
  /** Rows that `top` left out. */
  readonly omitted: number;
  readonly totals: Totals;
  /** Undefined where the host's memory is not known. */
  readonly host: HostFigures | undefined;
  /** False when only some of the host's processes were asked for. */
  readonly whole: boolean;
  /** Processes that ended while they were being read; 0 where only some were asked for. */
  readonly gone: number;
}

/** Lists a snapshot's processes, or groups of them, sorted. */
export function list(snapshot: Snapshot, options: ListOptions = {}): Listing {
  const by = options.by ?? 'process';
  const samples = options.only ? snapshot.processes.filter(options.only) : snapshot.processes;
  const rows =
    by === 'process'
      ? samples.map((sample) => processRow(sample, options, snapshot.uptime))
      : groupRows(samples, { ...options, by, uptime: snapshot.uptime });
  const sort = options.sort ?? 'pss';
  const sorted = sortRows(rows, sort);
  const shown = options.top === undefined ? sorted : sorted.slice(0, options.top);
  return {
    by,
    sort,
    rows: shown,
    omitted: rows.length - shown.length,
    totals: totalsOf(samples, snapshot.uptime),
    host: hostFigures(snapshot),
    whole: options.only === undefined,
    // Of those that are gone nobody knows whether they were asked for.
    gone: options.only === undefined ? snapshot.gone : 0,
  };
}

/** What is sorted by, falling; small whole numbers, so that they fit beside an index. */
const FIGURES: Readonly<Record<Exclude<ListSort, 'name'>, (row: ListRow) => number>> = {
  pss: (row) => Math.round(row.pss / 1024),
  known: (row) => Math.round((row.known > 0 ? row.known : row.pssHigh) / 1024),
  swap: (row) => Math.round(row.swap / 1024),
  rss: (row) => Math.round(row.rss / 1024),
  count: (row) => row.samples.length,
  pid: (row) => -row.pid,
};

function sortRows(rows: ListRow[], sort: ListSort): ListRow[] {
  if (sort === 'name') return rows.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.pid - b.pid));
  const sorted: ListRow[] = [];
  for (const index of fallingOrder(rows.map(FIGURES[sort]))) {
    const row = rows[index];
    if (row) sorted.push(row);
  }
  return sorted;
}

function processRow(sample: ProcessSample, options: ListOptions, uptime: number): ListRow {
  const { exact, last, rss, process } = sample;
  const key = nameOf(sample, options);
  const reading = exact ?? last;
  const high = exact ? exact.pss : atMost(sample, 'pss');
  const pss = reading ? Math.min(reading.pss, high) : high;
  return {
    name: escapeControls(key),
    key,
    samples: [sample],
    pid: process.pid,
    pss,
    known: reading ? pss : 0,
    pssLow: exact ? exact.pss : 0,
    pssHigh: high,
    swap: reading ? reading.swapPss : 0,
    unread: exact ? 0 : 1,
    unknown: reading ? 0 : 1,
    age: exact || !last ? 0 : uptime - last.at,
    rss: exact ? exact.rss : rss,
  };
}

interface Grouping extends ListOptions {
  readonly by: Exclude<ListBy, 'process'>;
  readonly uptime: number;
}

function groupRows(samples: readonly ProcessSample[], options: Grouping): ListRow[] {
  const { by, uptime } = options;
  const groups = new Map<string, ProcessSample[]>();
  for (const sample of samples) {
    const key = (by === 'name' ? nameOf(sample, options) : sample.process[by]) ?? '';
    const members = groups.get(key);
    if (members) members.push(sample);
    else groups.set(key, [sample]);
  }
  return Array.from(groups, ([key, members]) => groupRow(key, members, uptime));
}

function groupRow(key: string, samples: readonly ProcessSample[], uptime: number): ListRow {
  const { pss, swap, unreadAtMost, missing, earlier } = totalsOf(samples, uptime);
  const strangers = samples.filter((sample) => sample.exact === undefined && sample.last === undefined);
  const known = pss + earlier.pss;
  return {
    name: key === '' ? '-' : escapeControls(key),
    key,
    samples,
    pid: samples[0]?.process.pid ?? 0,
    pss: strangers.reduce((sum, sample) => sum + atMost(sample, 'pss'), known),
    known,
    pssLow: pss,
    pssHigh: pss + unreadAtMost,
    swap: swap + earlier.swap,
    unread: missing,
    unknown: strangers.length,
    age: earlier.age,
    rss: samples.reduce((sum, { exact, rss }) => sum + (exact ?? { rss }).rss, 0),
  };
}

function nameOf({ process }: ProcessSample, options: ListOptions): string {
  return shownName(process, options.cmdline === true);
}

/** The name that a list shows; from the command line as psstop took it: the last part of its first word. */
export function shownName({ name, cmdline }: ProcessInfo, fromCmdline: boolean): string {
  if (!fromCmdline || !cmdline) return name;
  const [word = ''] = cmdline.split(' ', 1);
  const base = word.slice(word.lastIndexOf('/') + 1);
  return base === '' || base.length > LONGEST ? name : base;
}

/** No file has a longer name: who writes one into his command line must not make every row as wide. */
const LONGEST = 255;
