import { escapeControls } from './escape.ts';
import { exactly, measureHost, measureMembers } from './measure.ts';
import type { Bounds, ProcessSample, Snapshot, UnreadReason } from './types.ts';

/** How the rows of a list are put together; `process` is one row each. */
export type ListBy = 'process' | 'name' | 'unit' | 'container' | 'user';
/** What a list is sorted by: figures and counts falling, names and pids rising. */
export type ListSort = 'pss' | 'swap' | 'rss' | 'count' | 'name' | 'pid';

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
  readonly pss: Bounds;
  /** Nothing bounds it above where a process could not be read. */
  readonly swap: Bounds;
  readonly rss: number;
}

/** Sums over the listed processes. Sizes in bytes. */
export interface Totals {
  readonly processes: number;
  /** Of the processes that were read. */
  readonly pss: number;
  readonly swap: number;
  /** What the others can have at most: their resident sets. */
  readonly unreadAtMost: number;
  readonly unread: Readonly<Partial<Record<UnreadReason, number>>>;
}

/** What is known of the host beyond its processes' readings. Sizes in bytes. */
export interface HostFigures {
  /** What all processes hold together, the unreadable ones included: AnonPages + Mapped. */
  readonly all: number;
  /** Share of it that was read, 0 to 1. */
  readonly coverage: number;
  /** In use, but held by no process: tmpfs, slab, huge pages, the kernel. */
  readonly unaccounted: number;
}

/** The rows of a list, and their sums. */
export interface Listing {
  readonly by: ListBy;
  readonly rows: readonly ListRow[];
  /** Rows that `top` left out. */
  readonly omitted: number;
  readonly totals: Totals;
  /** Undefined where the host's memory is not known. */
  readonly host: HostFigures | undefined;
  /** False when only some of the host's processes were asked for. */
  readonly whole: boolean;
  /** Processes that ended while they were being read. */
  readonly gone: number;
}

/** Lists a snapshot's processes, or groups of them, sorted. */
export function list(snapshot: Snapshot, options: ListOptions = {}): Listing {
  const by = options.by ?? 'process';
  const samples = options.only ? snapshot.processes.filter(options.only) : snapshot.processes;
  const rows =
    by === 'process' ? samples.map((sample) => processRow(sample, options)) : groupRows(samples, by, options);
  rows.sort(ORDERS[options.sort ?? 'pss']);
  const shown = options.top === undefined ? rows : rows.slice(0, options.top);
  return {
    by,
    rows: shown,
    omitted: rows.length - shown.length,
    totals: total(samples),
    host: hostFigures(snapshot),
    whole: options.only === undefined,
    gone: snapshot.gone,
  };
}

function hostFigures(snapshot: Snapshot): HostFigures | undefined {
  const all = snapshot.memory.anon + snapshot.memory.mapped;
  if (all <= 0) return undefined;
  const figure = (measure: 'coverage' | 'unaccounted'): number => measureHost(snapshot, measure)?.low ?? 0;
  return { all, coverage: figure('coverage'), unaccounted: figure('unaccounted') };
}

const ORDERS: Readonly<Record<ListSort, (a: ListRow, b: ListRow) => number>> = {
  pss: (a, b) => b.pss.high - a.pss.high || a.pid - b.pid,
  swap: (a, b) => b.swap.low - a.swap.low || b.pss.high - a.pss.high || a.pid - b.pid,
  rss: (a, b) => b.rss - a.rss || a.pid - b.pid,
  count: (a, b) => b.samples.length - a.samples.length || b.pss.high - a.pss.high || a.pid - b.pid,
  name: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.pid - b.pid),
  pid: (a, b) => a.pid - b.pid,
};

function processRow(sample: ProcessSample, options: ListOptions): ListRow {
  const { exact, rss, process } = sample;
  const key = nameOf(sample, options);
  return {
    name: escapeControls(key),
    key,
    samples: [sample],
    pid: process.pid,
    pss: exact ? exactly(exact.pss) : { low: 0, high: rss },
    swap: exact ? exactly(exact.swapPss) : UNKNOWN,
    rss,
  };
}

const UNKNOWN: Bounds = { low: 0, high: Number.POSITIVE_INFINITY };

function groupRows(samples: readonly ProcessSample[], by: Exclude<ListBy, 'process'>, options: ListOptions): ListRow[] {
  const groups = new Map<string, ProcessSample[]>();
  for (const sample of samples) {
    const key = (by === 'name' ? nameOf(sample, options) : sample.process[by]) ?? '';
    const members = groups.get(key);
    if (members) members.push(sample);
    else groups.set(key, [sample]);
  }
  return Array.from(groups, ([key, members]) => groupRow(key, members));
}

function groupRow(key: string, samples: readonly ProcessSample[]): ListRow {
  return {
    name: key === '' ? '-' : escapeControls(key),
    key,
    samples,
    pid: samples[0]?.process.pid ?? 0,
    pss: measureMembers(samples, 'pss') ?? UNKNOWN,
    swap: measureMembers(samples, 'swap') ?? UNKNOWN,
    rss: samples.reduce((sum, sample) => sum + sample.rss, 0),
  };
}

/** As psstop did it: the last part of the first word of the command line. */
function nameOf({ process }: ProcessSample, options: ListOptions): string {
  if (!options.cmdline || !process.cmdline) return process.name;
  const [word = ''] = process.cmdline.split(' ', 1);
  return word.slice(word.lastIndexOf('/') + 1) || process.name;
}

function total(samples: readonly ProcessSample[]): Totals {
  let pss = 0;
  let swap = 0;
  let unreadAtMost = 0;
  const unread: Partial<Record<UnreadReason, number>> = {};
  for (const sample of samples) {
    if (sample.exact) {
      pss += sample.exact.pss;
      swap += sample.exact.swapPss;
    } else {
      const reason = sample.unread ?? 'postponed';
      unread[reason] = (unread[reason] ?? 0) + 1;
      unreadAtMost += sample.rss;
    }
  }
  return { processes: samples.length, pss, swap, unreadAtMost, unread };
}
