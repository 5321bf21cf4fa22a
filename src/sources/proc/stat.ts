/** Hot path: parses /proc/PID/stat (proc_pid_stat(5)) from bytes, with no string made. */

/** The fields that are used. One object is filled again and again. */
export interface Stat {
  /** Where comm lies in the text: between the first `(` and the last `)`, whatever stands between them. */
  commBegin: number;
  commEnd: number;
  /** Byte of the state: `Z` and `X` have no memory any more. */
  state: number;
  ppid: number;
  /** PF_… of the kernel (include/linux/sched.h). */
  flags: number;
  /** Page faults so far, minor and major. */
  faults: number;
  /** CPU time so far, its own and the kernel's for it, clock ticks. */
  cpu: number;
  threads: number;
  /** Clock ticks after boot. */
  start: number;
  /** Bytes; 0 for kernel threads and zombies. */
  vsize: number;
  /** Pages. Lags behind statm. */
  rss: number;
}

/** An empty Stat to be filled. */
export function emptyStat(): Stat {
  const ofText = { commBegin: 0, commEnd: 0, state: 0, ppid: 0, flags: 0 };
  return { ...ofText, faults: 0, cpu: 0, threads: 0, start: 0, vsize: 0, rss: 0 };
}

const OPEN = 40;
const CLOSE = 41;
const SPACE = 32;
const ZERO = 48;
/** Of an unsigned number of 64 bits. */
const MAX_DIGITS = 20;
/** Names of workqueue threads; those of programs have 15 bytes at most. After the name there is no bracket. */
const LONGEST_COMM = 64;
/** 52 bits of addresses. */
const MAX_PAGES = 2 ** 40;
/** Fields that are passed over: between 4 (ppid) and 9 (flags), 10 (minflt) and 12 (majflt), that one and 14 (utime), 15 (stime) and 20 (num_threads); 21 comes before 22 (starttime). */
const TO_FLAGS = 4;
const TO_MAJFLT = 1;
const TO_CPU = 1;
const TO_THREADS = 4;

/** Fills `stat` from `text[0..length)`. @returns false when it isn't the text of a stat file. */
export function parseStat(text: Uint8Array, length: number, stat: Stat): boolean {
  let open = 0;
  while (open < length && text[open] !== OPEN) open++;
  let close = Math.min(length - 1, open + LONGEST_COMM + 1);
  while (close > open && text[close] !== CLOSE) close--;
  if (close <= open || text[close + 1] !== SPACE || text[close + 3] !== SPACE) return false;
  stat.commBegin = open + 1;
  stat.commEnd = close;
  stat.state = text[close + 2] ?? 0;
  cursor = close + 4;
  stat.ppid = nextNumber(text, length);
  passOver(text, length, TO_FLAGS);
  stat.flags = Math.max(0, nextNumber(text, length));
  stat.faults = Math.max(0, nextNumber(text, length));
  passOver(text, length, TO_MAJFLT);
  stat.faults += Math.max(0, nextNumber(text, length));
  passOver(text, length, TO_CPU);
  stat.cpu = Math.max(0, nextNumber(text, length));
  stat.cpu += Math.max(0, nextNumber(text, length));
  passOver(text, length, TO_THREADS);
  stat.threads = Math.max(1, nextNumber(text, length));
  passOver(text, length, 1);
  stat.start = nextNumber(text, length);
  stat.vsize = nextNumber(text, length);
  stat.rss = nextNumber(text, length);
  return stat.ppid >= 0 && stat.start >= 0 && stat.vsize >= 0 && stat.rss >= 0;
}

let cursor = 0;

function passOver(text: Uint8Array, end: number, fields: number): void {
  for (let i = 0; i < fields; i++) {
    while (cursor < end && text[cursor] !== SPACE) cursor++;
    cursor++;
  }
}

/** The number at the cursor, which moves behind the blank after it. @returns -1 when there is none. */
function nextNumber(text: Uint8Array, end: number): number {
  const begin = cursor;
  let value = 0;
  for (; cursor < end; cursor++) {
    const digit = (text[cursor] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  const digits = cursor - begin;
  if (digits === 0 || digits > MAX_DIGITS || text[cursor] !== SPACE) return -1;
  cursor++;
  return value;
}

/** The first three numbers of a statm file, in pages; all are 0 for who has no memory. */
export interface Statm {
  size: number;
  resident: number;
  /** Files and shared memory among the resident ones. */
  shared: number;
}

/** Fills `statm` from `text[0..length)`. @returns false when it isn't the text of a statm file. */
export function parseStatm(text: Uint8Array, length: number, statm: Statm): boolean {
  cursor = 0;
  statm.size = nextNumber(text, length);
  statm.resident = nextNumber(text, length);
  statm.shared = nextNumber(text, length);
  return statm.size >= 0 && statm.resident >= 0 && statm.resident <= MAX_PAGES && statm.shared >= 0;
}
