import { closeSync, openSync, readSync } from 'node:fs';
import { FIELD, STATUS } from './layout.ts';
import { addLines, addRollup, SUM, SUMS } from './rollup.ts';

/** Without these two there is no reading. */
const NEEDED = (1 << SUM.rss) | (1 << SUM.pss);

/** Every file of the reader is read into this one buffer. */
export const text: Buffer = Buffer.allocUnsafeSlow(64 * 1024);
const sums = new Float64Array(SUMS);
const seen = new Uint32Array(1);
const into = { sums, seen };

let rollupSeen = false;
/** Kernels before 4.14 have no smaps_rollup: smaps is added up instead. */
let useSmaps = false;

/** Fills the figures of `record`; all of them come from this one reading of one file. @returns one of STATUS. */
export function readMemory(folder: string, record: Float64Array): number {
  const status = useSmaps ? addFile(`${folder}smaps`, false) : readRollup(folder);
  if (status === STATUS.ok) fillFigures(record);
  return status;
}

/** Until one smaps_rollup was seen, a missing one may mean that this kernel has none. */
function readRollup(folder: string): number {
  const status = addFile(`${folder}smaps_rollup`, true);
  if (status === STATUS.ok) rollupSeen = true;
  if (status !== STATUS.gone || rollupSeen) return status;
  const summed = addFile(`${folder}smaps`, false);
  useSmaps = summed === STATUS.ok;
  return summed;
}

/** Adds up one file into `sums`. `single`: the kernel hands it over in one read, so no second read asks for the end. */
function addFile(path: string, single: boolean): number {
  sums.fill(0);
  seen[0] = 0;
  let fd = -1;
  try {
    fd = openSync(path, 'r');
    let kept = 0;
    for (let more = true; more; ) {
      const end = kept + readSync(fd, text, kept, text.length - kept, null);
      const used = single && kept === 0 ? addRollup(text, end, into) : addLines(text, end, into);
      more = end > kept && !(single && used === end && complete());
      if (used < end) text.copyWithin(0, used, end);
      kept = end - used;
    }
    return complete() ? STATUS.ok : STATUS.empty;
  } catch (error) {
    return statusOf(error);
  } finally {
    if (fd >= 0) closeSync(fd);
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
