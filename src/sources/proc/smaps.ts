import { closeSync, openSync, readSync } from 'node:fs';
import { FIELD, STATUS } from './layout.ts';
import { monotonic } from './monotonic.ts';
import { addLines, addRollup, SUM, SUMS } from './rollup.ts';
import { type Shelf, shelf } from './shelf.ts';

/** Without these two there is no reading. */
const NEEDED = (1 << SUM.rss) | (1 << SUM.pss);

/** Every file of the reader is read into this one buffer. */
export const text: Buffer = Buffer.allocUnsafeSlow(64 * 1024);
const sums = new Float64Array(SUMS);
const seen = new Uint32Array(1);
const into = { sums, seen };

const ROLLUP = 'smaps_rollup';
let rollups: Shelf | undefined;

let rollupSeen = false;
/** Kernels before 4.14 have no smaps_rollup: smaps is added up instead. */
let useSmaps = false;

/** From now on files that are read often are kept open. Not for ordinary ones that look like /proc: they outlive their process. */
export function keepOpen(): void {
  rollups = shelf(monotonic);
}

/** Fills the figures of `record`; all of them come from this one reading of one file. @returns one of STATUS. */
export function readMemory(folder: string, record: Float64Array): number {
  const status = useSmaps ? addFile(`${folder}smaps`, false) : readRollup(folder);
  if (status === STATUS.ok) fillFigures(record);
  return status === MISSING ? STATUS.gone : status;
}

/** There is no such file, which is more than that its process has ended: a zombie has all files, and they answer ESRCH. */
const MISSING = -1;

/** Until one smaps_rollup was seen, a missing one may mean that this kernel has none. */
function readRollup(folder: string): number {
  if (readAgain(folder)) return STATUS.ok;
  const status = addFile(`${folder}${ROLLUP}`, true);
  if (status === STATUS.ok) rollupSeen = true;
  if (status !== MISSING || rollupSeen) return status;
  const summed = addFile(`${folder}smaps`, false);
  useSmaps = summed === STATUS.ok;
  return summed;
}

/**
 * Adds up a file that is still open from an earlier reading. It belongs to one address space, and is of no use once that has ended:
 * the process may have ended, run another program, or another process may have its pid. @returns false when it must be opened anew.
 */
function readAgain(folder: string): boolean {
  const fd = rollups?.take(folder);
  if (fd === undefined) return false;
  begin();
  try {
    const end = readSync(fd, text, 0, text.length, 0);
    if (addRollup(text, end, into) === end && complete()) return true;
  } catch {
    // ESRCH
  }
  rollups?.drop(folder);
  return false;
}

function begin(): void {
  sums.fill(0);
  seen[0] = 0;
}

/** Adds up one file into `sums`. `single`: the kernel hands it over in one read, so no second read asks for the end. @returns one of STATUS, or MISSING. */
function addFile(path: string, single: boolean): number {
  begin();
  let fd = -1;
  try {
    fd = openSync(path, 'r');
    addAll(fd, single);
    if (!complete()) return STATUS.empty;
    if (single && rollups?.keep(path.slice(0, -ROLLUP.length), fd)) fd = -1;
    return STATUS.ok;
  } catch (error) {
    return statusOf(error);
  } finally {
    if (fd >= 0) closeSync(fd);
  }
}

function addAll(fd: number, single: boolean): void {
  let kept = 0;
  for (let more = true; more; ) {
    const end = kept + readSync(fd, text, kept, text.length - kept, null);
    const used = single && kept === 0 ? addRollup(text, end, into) : addLines(text, end, into);
    more = end > kept && !(single && used === end && complete());
    if (used < end) text.copyWithin(0, used, end);
    kept = end - used;
  }
}

function complete(): boolean {
  return ((seen[0] ?? 0) & NEEDED) === NEEDED;
}

/** Kernels before 5.4 don't split PSS: what is anonymous then counts as far as PSS goes, the rest as file. */
function fillFigures(record: Float64Array): void {
  const pss = sum(SUM.pss);
  const split = ((seen[0] ?? 0) & (1 << SUM.pssAnon)) !== 0;
  const anon = split ? sum(SUM.pssAnon) : Math.min(pss, sum(SUM.anonymous));
  record[FIELD.rss] = sum(SUM.rss);
  record[FIELD.pss] = pss;
  record[FIELD.swapPss] = sum(SUM.swapPss);
  record[FIELD.uss] = sum(SUM.privateClean) + sum(SUM.privateDirty);
  record[FIELD.anon] = anon;
  record[FIELD.file] = split ? sum(SUM.pssFile) : pss - anon;
  record[FIELD.shmem] = sum(SUM.pssShmem);
  record[FIELD.dirty] = sum(SUM.sharedDirty) + sum(SUM.privateDirty);
}

function sum(slot: number): number {
  return sums[slot] ?? 0;
}

function statusOf(error: unknown): number {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return MISSING;
    case 'ESRCH':
    case 'ENOTDIR':
      return STATUS.gone;
    case 'EACCES':
    case 'EPERM':
      return STATUS.denied;
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOMEM':
      return STATUS.trouble;
    default:
      return STATUS.empty;
  }
}
