/** Hot path: parses /proc/PID/stat (proc_pid_stat(5)) from bytes, with no string made. */

/** The fields that are used. One object is filled again and again. */
export interface Stat {
  /** Where comm lies in the text: between the first `(` and the last `)`, whatever stands between them. */
  commBegin: number;
  commEnd: number;
  /** Byte of the state: `Z` and `X` have no memory any more. */
  state: number;
  ppid: number;
  /** Clock ticks after boot. */
  start: number;
  /** Bytes; 0 for kernel threads and zombies. */
  vsize: number;
  /** Pages. Lags behind statm. */
  rss: number;
}

/** An empty Stat to be filled. */
export function emptyStat(): Stat {
  return { commBegin: 0, commEnd: 0, state: 0, ppid: 0, start: 0, vsize: 0, rss: 0 };
}

const OPEN = 40;
const CLOSE = 41;
const SPACE = 32;
const MINUS = 45;
const [PPID, START, VSIZE, RSS] = [4, 22, 23, 24];

/** Fills `stat` from `text[0..length)`. @returns false when it isn't the text of a stat file. */
export function parseStat(text: Uint8Array, length: number, stat: Stat): boolean {
  let open = 0;
  while (open < length && text[open] !== OPEN) open++;
  let at = length - 1;
  while (at > open && text[at] !== CLOSE) at--;
  if (at <= open || text[at + 1] !== SPACE || at + 3 >= length) return false;
  stat.commBegin = open + 1;
  stat.commEnd = at;
  stat.state = text[at + 2] ?? 0;
  return parseNumbers(text, { at: at + 4, end: length }, stat);
}

function parseNumbers(text: Uint8Array, { at, end }: { at: number; end: number }, stat: Stat): boolean {
  for (let field = PPID; field <= RSS; field++) {
    let value = 0;
    let digits = 0;
    if (text[at] === MINUS) at++;
    for (; at < end; at++) {
      const digit = (text[at] ?? 0) - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      digits++;
    }
    if (digits === 0 || digits > 20 || (at < end && text[at] !== SPACE && text[at] !== 10)) return false;
    at++;
    if (field === PPID) stat.ppid = value;
    else if (field === START) stat.start = value;
    else if (field === VSIZE) stat.vsize = value;
    else stat.rss = value;
  }
  return true;
}

/** Resident pages of statm (second number); undefined when it isn't the text of a statm file. */
export function parseStatm(text: Uint8Array, length: number): number | undefined {
  const match = /^\d+ (\d{1,13}) /.exec(Buffer.from(text.buffer, text.byteOffset, length).toString('latin1', 0, 64));
  return match ? Number(match[1]) : undefined;
}
