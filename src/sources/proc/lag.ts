import { cpus, release } from 'node:os';
import { readFile, readText, text } from './files.ts';
import { parseStatm, type Statm } from './stat.ts';

/**
 * How far the resident size of statm may lag behind the truth, in pages; 0 on kernels that count exactly. From 6.2 on the
 * counters of a process are split over the CPUs (percpu_counter), each of which may hold back a batch, until "mm: fix the
 * inaccurate memory statistics issue for users" (2025); before 6.2 each thread may hold back 64 pages (SPLIT_RSS_COUNTING).
 */
export interface Lag {
  readonly pages: number;
  readonly pagesOfThread: number;
}

const COUNTERS = 3;
const LEAST_BATCH = 32;
const TRIES = 20;
/** Counters that are off agree by chance too, now and then: so often they must agree, with so much touched in between. */
const ENOUGH = 2;
const TOUCHED_PAGES = 41;
const THREAD_PAGES = 64;
const FIRST_SPLIT = [6, 2] as const;

const statm: Statm = { size: 0, resident: 0, shared: 0 };

/** Compares our own statm with our own smaps_rollup, which counts the pages one by one: whether they are equal tells the kernels apart. */
export function findLag(page: number): Lag {
  if (isBefore(release(), FIRST_SPLIT)) return { pages: 0, pagesOfThread: THREAD_PAGES };
  if (countsExactly(page)) return { pages: 0, pagesOfThread: 0 };
  const count = cpus().length;
  return { pages: COUNTERS * count * Math.max(LEAST_BATCH, 2 * count), pagesOfThread: 0 };
}

function countsExactly(page: number): boolean {
  const touched: Buffer[] = [];
  const found = { same: 0, other: 0 };
  for (let i = 0; i < TRIES && found.same < ENOUGH && found.other < ENOUGH; i++) {
    const seen = compare(page);
    if (seen !== undefined) found[seen]++;
    touched.push(Buffer.alloc(TOUCHED_PAGES * page, 1));
  }
  return found.same >= ENOUGH;
}

/** @returns undefined when our size changed meanwhile. */
function compare(page: number): 'same' | 'other' | undefined {
  const before = residentPages();
  const counted = Number(/^Rss: +(\d{1,12}) kB$/m.exec(readText('/proc/self/smaps_rollup') ?? '')?.[1]) * 1024;
  if (before === undefined || before !== residentPages()) return undefined;
  return before * page === counted ? 'same' : 'other';
}

function residentPages(): number | undefined {
  const length = readFile('/proc/self/statm');
  return length > 0 && parseStatm(text, length, statm) ? statm.resident : undefined;
}

/** Compares `6.1.0-18-amd64` with a version. */
export function isBefore(kernel: string, [major, minor]: readonly [number, number]): boolean {
  const [, first, second] = /^(\d+)\.(\d+)/.exec(kernel) ?? [];
  const at = Number(first ?? major);
  return at < major || (at === major && Number(second ?? minor) < minor);
}
