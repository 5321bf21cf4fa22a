import { isUtf8 } from 'node:buffer';

/** Names as the kernel has them are bytes. These functions make text of them without ever mapping two names onto one. */

const COMM_MAX = 15;
const SLASH = 47;
const BACKSLASH = 92;
const LOWER_X = 120;
/** `x5c`, which makes a backslash of the backslash before it. */
const ESCAPED = [120, 53, 99];

/** UTF-8 as it is; where a byte fits no character, that byte as `\xNN`. */
export function decodeText(bytes: Uint8Array): string {
  return isUtf8(bytes) ? toText(bytes) : decodeInvalid(bytes);
}

/** A name: as decodeText, and a `\x` that stands in the name itself becomes `\x5cx`, so that no name looks like another. */
export function decodeName(bytes: Uint8Array): string {
  return decodeText(escapeBackslashes(bytes));
}

/**
 * The name of a process. The kernel cuts comm at 15 bytes: then the first of the program, the script it runs and one more
 * argument (`/usr/bin/env -S script`) whose file name begins with comm gives the whole name.
 * @param cmdline arguments, each ended by a NUL.
 */
export function processName(comm: Uint8Array, cmdline: Uint8Array | undefined): string {
  if (comm.length !== COMM_MAX || cmdline === undefined) return decodeName(comm);
  let begin = 0;
  for (let argument = 0; argument < 3 && begin < cmdline.length; argument++) {
    const nul = cmdline.indexOf(0, begin);
    const end = nul < 0 ? cmdline.length : nul;
    const base = cmdline.subarray(Math.max(begin, cmdline.subarray(begin, end).lastIndexOf(SLASH) + begin + 1), end);
    if (base.length > COMM_MAX && comm.every((byte, i) => byte === base[i])) return decodeName(base);
    begin = end + 1;
  }
  return decodeName(comm);
}

function escapeBackslashes(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(BACKSLASH)) return bytes;
  const parts: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    parts.push(bytes[i] ?? 0);
    if (bytes[i] === BACKSLASH && bytes[i + 1] === LOWER_X) parts.push(...ESCAPED);
  }
  return Uint8Array.from(parts);
}

function decodeInvalid(bytes: Uint8Array): string {
  let result = '';
  let at = 0;
  while (at < bytes.length) {
    const length = characterLength(bytes, at);
    result += length > 0 ? toText(bytes.subarray(at, at + length)) : `\\x${hex(bytes[at] ?? 0)}`;
    at += Math.max(1, length);
  }
  return result;
}

/** Length of the valid character at `at`, 0 if there is none. */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (at + length > bytes.length) return 0;
  return isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
