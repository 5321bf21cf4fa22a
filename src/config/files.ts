import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';

/** A file's text and what the open file says of its owner and mode. */
export interface TextFile {
  readonly file: string;
  readonly text: string;
  readonly stat: Stats;
  /** Of the contents, by digestOf. */
  readonly digest: string;
}

/** Largest file that is read, bytes. */
const LARGEST_FILE = 256 * 1024;
/** Folders with more rules files than this are not meant for psstop. */
const MOST_FILES = 1000;

/**
 * The rules files of a folder, by name: `*.yaml` and `*.yml`, but neither hidden ones (an editor's, a ConfigMap's links)
 * nor rule tests (`*.test.yaml`). Any other path stands for itself.
 * @throws Error when the path can't be read.
 */
export function rulesFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => /^[^.].*\.ya?ml$/.test(name) && !/\.test\.ya?ml$/.test(name));
  if (names.length > MOST_FILES) throw new Error(`the folder holds more than ${MOST_FILES} rules files`);
  return names.sort().map((name) => join(path, name));
}

/** Reads a text file of at most 256 KiB of UTF-8. @throws Error saying what is wrong with it. */
export function readText(file: string): TextFile {
  // A FIFO would block without O_NONBLOCK; it is then refused as no regular file.
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new Error('this is not a regular file');
    if (stat.size > LARGEST_FILE) throw new Error('this is longer than 256 KiB: split it into several files');
    const bytes = readFileSync(fd);
    if (bytes.length > LARGEST_FILE) throw new Error('this is longer than 256 KiB: split it into several files');
    return { file, stat, text: decode(bytes), digest: digestOf(bytes) };
  } finally {
    closeSync(fd);
  }
}

/**
 * Tells contents from others: 64 bits, two multiplicative hashes over the bytes (Knuth, The Art of Computer Programming 3,
 * 6.4). Not against forgers, who would have to be allowed to write the file; node:crypto would cost a daemon 0.3 MB.
 */
export function digestOf(bytes: Uint8Array): string {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    high = Math.imul(high ^ byte, 2_654_435_761);
    low = Math.imul(low ^ byte, 1_597_334_677);
    high ^= high >>> 15;
    low ^= low >>> 13;
  }
  return `${bytes.length}-${(high >>> 0).toString(16)}${(low >>> 0).toString(16).padStart(8, '0')}`;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Error('this is not UTF-8 text', { cause: error });
  }
}

/** What the operating system said, in a few words. */
export function describeError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return WORDS[code ?? ''] ?? message;
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EISDIR: 'this is a folder, not a file',
  ENOTDIR: 'a part of the path is not a folder',
  ELOOP: 'symbolic links that lead in a circle',
};
