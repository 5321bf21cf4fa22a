/**
 * The reader child. Everything here may block for ever on a process that holds its own memory lock, so the daemon gives this
 * child the reading of smaps_rollup and cmdline, and kills it when it hangs. No event loop: it waits for a batch, reads one
 * process after the other into one buffer, answers, and ends when its standard input does, which is when the daemon is gone.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { hashBuild } from './build.ts';
import {
  BIG,
  CMDLINE_MAX,
  FIELD,
  FIELDS,
  NAME_ONLY,
  padded,
  RECORD,
  REQUEST,
  STATUS,
  WANT_BUILD,
  WANT_CMDLINE,
} from './layout.ts';
import { isProc } from './proc-fs.ts';
import { keepOpen, readMemory, text } from './smaps.ts';

const FLUSH_AT = 60 * 1024;
const FLUSH_EVERY = 20;

const out = Buffer.allocUnsafeSlow(FLUSH_AT + RECORD + CMDLINE_MAX + 8);
const record = new Float64Array(FIELDS);
const recordBytes = new Uint8Array(record.buffer);
const cpu = new Float64Array(1);
const cpuBytes = new Uint8Array(cpu.buffer);

let root = '/proc';
let filled = 0;
let lastRecord = 0;
let flushedAt = 0;

// Baseline code from the first call on halves a run over 2,500 processes. Optimizing pays only after many such runs.
setFlagsFromString('--always-sparkplug');
setFlagsFromString('--interrupt-budget=1000000');
Error.stackTraceLimit = 0;
main();

function main(): void {
  const head = Buffer.alloc(REQUEST);
  if (!receive(head, 4)) return;
  const path = Buffer.alloc(words(head)[0] ?? 0);
  if (!receive(path, path.length)) return;
  root = path.toString();
  if (isProc(root)) keepOpen();
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
    const ended = readOne({ pid: batch[i] ?? 0, flags: batch[i + 1] ?? 0, began });
    if (careful || isDue(ended)) flush();
    began = ended;
  }
  flush();
}

/** Reads what is asked of one process, and answers. @returns when it was done. */
function readOne({ pid, flags, began }: { pid: number; flags: number; began: number }): number {
  if ((flags & BIG) !== 0) flush();
  const folder = `${root}/${pid}/`;
  record.fill(0);
  const status = (flags & NAME_ONLY) === 0 ? readMemory(folder, record) : STATUS.ok;
  const length = (flags & WANT_CMDLINE) === 0 || status === STATUS.gone ? 0 : readCmdline(folder);
  if ((flags & WANT_BUILD) !== 0) record[FIELD.build] = hashBuild(`${folder}exe`);
  const ended = now();
  record[FIELD.at] = ended;
  record[FIELD.took] = ended - began;
  record[FIELD.text] = length;
  answer(pid, status);
  return ended;
}

/** Is it time to hand over what there is? */
function isDue(at: number): boolean {
  return filled > FLUSH_AT || at - flushedAt > FLUSH_EVERY;
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

/** Writes the CPU time so far into the last record. */
function tellCpu(): void {
  const { user, system } = process.cpuUsage();
  cpu[0] = (user + system) / 1e3;
  out.set(cpuBytes, lastRecord + FIELD.cpu * 8);
}

function flush(): void {
  flushedAt = now();
  if (filled === 0) return;
  tellCpu();
  let sent = 0;
  while (sent < filled) sent += writeSync(1, out, sent, filled - sent);
  filled = 0;
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
