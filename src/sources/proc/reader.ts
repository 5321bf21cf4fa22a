/**
 * The reader child. Everything here may block for ever on a process that holds its own memory lock, so the daemon gives this
 * child the reading of smaps_rollup and cmdline, and kills it when it hangs. No event loop: it waits for a batch, reads one
 * process after the other into one buffer, answers, and ends when its standard input does, which is when the daemon is gone.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { BIG, CMDLINE_MAX, FIELD, FIELDS, NAME_ONLY, padded, RECORD, REQUEST, STATUS, WANT_CMDLINE } from './layout.ts';
import { addLines, addRollup, SUM, SUMS } from './rollup.ts';

const FLUSH_AT = 60 * 1024;
const FLUSH_EVERY = 20;
/** Without these two there is no reading. */
const NEEDED = (1 << SUM.rss) | (1 << SUM.pss);

const text = Buffer.allocUnsafeSlow(64 * 1024);
const out = Buffer.allocUnsafeSlow(FLUSH_AT + RECORD + CMDLINE_MAX + 8);
const record = new Float64Array(FIELDS);
const recordBytes = new Uint8Array(record.buffer);
const cpu = new Float64Array(1);
const cpuBytes = new Uint8Array(cpu.buffer);
const sums = new Float64Array(SUMS);
const seen = new Uint32Array(1);
const into = { sums, seen };

let root = '/proc';
let filled = 0;
let lastRecord = 0;
let flushedAt = 0;
let rollupSeen = false;
/** Kernels before 4.14 have no smaps_rollup: smaps is added up instead. */
let useSmaps = false;

// Optimizing this little code costs more than it saves: baseline code from the first call on halves a run over 2,500 processes.
setFlagsFromString('--no-opt');
setFlagsFromString('--always-sparkplug');
Error.stackTraceLimit = 0;
main();

function main(): void {
  const head = Buffer.alloc(REQUEST);
  if (!receive(head, 4)) return;
  const path = Buffer.alloc(words(head)[0] ?? 0);
  if (!receive(path, path.length)) return;
  root = path.toString();
  answer(0, STATUS.ok);
  flush();
  while (receive(head, REQUEST)) {
    const [count = 0, careful = 0] = words(head);
    const batch = Buffer.alloc(count * REQUEST);
    if (!receive(batch, batch.length)) return;
    serve(words(batch), careful === 1);
  }
}

function serve(batch: Uint32Array, careful: boolean): void {
  let began = now();
  flushedAt = began;
  for (let i = 0; i < batch.length; i += 2) {
    const pid = batch[i] ?? 0;
    const flags = batch[i + 1] ?? 0;
    if ((flags & BIG) !== 0) flush();
    const folder = `${root}/${pid}/`;
    const status = readMemory(folder, flags);
    const length = (flags & WANT_CMDLINE) !== 0 && status !== STATUS.gone ? readCmdline(folder) : 0;
    const ended = now();
    record[FIELD.at] = ended;
    record[FIELD.took] = ended - began;
    record[FIELD.text] = length;
    answer(pid, status);
    if (careful || filled > FLUSH_AT || ended - flushedAt > FLUSH_EVERY) flush();
    began = ended;
  }
  tellCpu();
  flush();
}

/** Appends the record; the command line, if there is one, lies at the beginning of `text`. */
function answer(pid: number, status: number): void {
  const length = record[FIELD.text] ?? 0;
  record[FIELD.pid] = pid;
  record[FIELD.status] = status;
  lastRecord = filled;
  out.set(recordBytes, filled);
  filled += RECORD;
  if (length > 0) text.copy(out, filled, 0, length);
  filled += padded(length);
}

/** Writes the CPU time so far into the last record, if it is still here. */
function tellCpu(): void {
  if (filled === 0) return;
  const { user, system } = process.cpuUsage();
  cpu[0] = (user + system) / 1e3;
  out.set(cpuBytes, lastRecord + FIELD.cpu * 8);
}

function flush(): void {
  flushedAt = now();
  if (filled === 0) return;
  let sent = 0;
  while (sent < filled) sent += writeSync(1, out, sent, filled - sent);
  filled = 0;
}

/** Fills the figures of `record`; everything in them comes from this one reading of one file. */
function readMemory(folder: string, flags: number): number {
  record.fill(0);
  if ((flags & NAME_ONLY) !== 0) return STATUS.ok;
  const status = useSmaps ? addFile(`${folder}smaps`, false) : readRollup(folder);
  if (status === STATUS.ok) fillFigures();
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
function fillFigures(): void {
  const pss = sum(SUM.pss);
  const split = ((seen[0] ?? 0) & (1 << SUM.pssAnon)) !== 0;
  const anon = split ? sum(SUM.pssAnon) : Math.min(pss, sum(SUM.anonymous));
  record[FIELD.rss] = sum(SUM.rss);
  record[FIELD.pss] = pss;
  record[FIELD.swapPss] = sum(SUM.swapPss);
  record[FIELD.uss] = sum(SUM.privateClean) + sum(SUM.privateDirty) + sum(SUM.privateHugetlb);
  record[FIELD.anon] = anon;
  record[FIELD.file] = split ? sum(SUM.pssFile) : pss - anon;
  record[FIELD.shmem] = sum(SUM.pssShmem);
  record[FIELD.dirty] = sum(SUM.sharedDirty) + sum(SUM.privateDirty);
}

function sum(slot: number): number {
  return sums[slot] ?? 0;
}

/** Reads the command line to the beginning of `text`. @returns its length in bytes; 0 when it may not be read or is empty. */
function readCmdline(folder: string): number {
  let fd = -1;
  try {
    fd = openSync(`${folder}cmdline`, 'r');
    let length = 0;
    while (length < CMDLINE_MAX) {
      const got = readSync(fd, text, length, CMDLINE_MAX - length, null);
      if (got === 0) break;
      length += got;
    }
    return length;
  } catch {
    return 0;
  } finally {
    if (fd >= 0) closeSync(fd);
  }
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

/** Fills `into` from standard input. @returns false at its end. */
function receive(bytes: Buffer, length: number): boolean {
  let got = 0;
  while (got < length) {
    const more = readSync(0, bytes, got, length - got, null);
    if (more === 0) return false;
    got += more;
  }
  return true;
}

function words(bytes: Buffer): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}

/** The monotonic clock in ms: the same for all processes, unlike performance.now(). */
function now(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
