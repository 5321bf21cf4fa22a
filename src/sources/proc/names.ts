/**
 * Names as the kernel has them are bytes. They are kept here as binary strings, one character for each byte (latin1), which costs
 * less than a typed array; these functions make text of them without ever mapping two names onto one.
 */
import { isUtf8 } from 'node:buffer';

const COMM_MAX = 15;
/** Bytes that the name of a file can have (NAME_MAX, linux/limits.h): a longer one is a process's invention. */
const NAME_MAX = 255;
/** The program, the script it runs, and one argument between them (`/usr/bin/env -S script`). */
const ARGUMENTS = 3;
// biome-ignore lint/suspicious/noControlCharactersInRegex: anything but plain ASCII is what is looked for.
const PLAIN = /^[\x00-\x7f]*$/;
/** Node 24 and later name their main thread, and with it the process. */
const SHORT_THREAD_NAME = 'MainThread';
const THREAD_NAMES: ReadonlySet<string> = new Set([SHORT_THREAD_NAME, 'node-MainThread']);

/** UTF-8 as it is; where a byte fits no character, that byte as `\xNN`. */
export function decodeText(binary: string): string {
  if (PLAIN.test(binary)) return binary;
  const bytes = Buffer.from(binary, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : decodeInvalid(bytes);
}

/** A name: as decodeText, and a `\x` that stands in the name itself becomes `\x5cx`, so that no name looks like another. */
export function decodeName(binary: string): string {
  return decodeText(binary.includes('\\x') ? binary.replaceAll('\\x', '\\x5cx') : binary);
}

/** The same of many: at once, where there is nothing special about any of them. */
export function decodeNames(binaries: string[]): string[] {
  const all = binaries.join('');
  return PLAIN.test(all) && !all.includes('\\') ? binaries : binaries.map(decodeName);
}

/** True when comm alone does not give the name: it may have been cut, or is a thread's. */
export function needsCmdline(comm: string): boolean {
  return comm.length === COMM_MAX || comm === SHORT_THREAD_NAME;
}

/**
 * The name of a process. The kernel cuts comm at 15 bytes: then the first of the program, its script and one more argument
 * whose file name begins with comm gives the whole name. Where comm is a thread's name the program gives it.
 * @param cmdline arguments, each ended by a NUL.
 */
export function processName(comm: string, cmdline: string | undefined): string {
  if (cmdline === undefined || !needsCmdline(comm)) return decodeName(comm);
  const bases = cmdline.split('\0', ARGUMENTS).map(fileName);
  const whole = THREAD_NAMES.has(comm) ? bases[0] : bases.find((base) => base.startsWith(comm));
  return decodeName(whole || comm);
}

/** The last part of a path; empty where it is too long for one. */
function fileName(path: string): string {
  const base = path.slice(path.lastIndexOf('/') + 1);
  return base.length > NAME_MAX ? '' : base;
}

function decodeInvalid(bytes: Buffer): string {
  let result = '';
  let at = 0;
  while (at < bytes.length) {
    const length = characterLength(bytes, at);
    result += length > 0 ? bytes.toString('utf8', at, at + length) : `\\x${bytes.toString('hex', at, at + 1)}`;
    at += Math.max(1, length);
  }
  return result;
}

/** Length of the valid character at `at`, 0 if there is none. */
function characterLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}
