import { closeSync, openSync, readSync } from 'node:fs';

/** Why a file gave nothing, as a negative length. */
export const GONE = -1;
const DENIED = -2;
/** Out of descriptors or memory, as a rule: another time it may work. */
export const FAILED = -3;

/** Every file is read into this one buffer: its content is valid until the next read. */
export const text: Buffer = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * Reads a small /proc file with one open, read and close, blocking: only for files that never take a memory lock
 * (stat, statm, status, cgroup and those of the whole host).
 * @returns the number of bytes in `text`, or GONE, DENIED or FAILED.
 */
export function readFile(path: string): number {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    return reasonOf(error);
  }
  try {
    return readSync(fd, text, 0, text.length, null);
  } catch (error) {
    return reasonOf(error);
  } finally {
    closeSync(fd);
  }
}

/** Reads a whole small file as text. @returns undefined when it can't be read. */
export function readText(path: string): string | undefined {
  const length = readFile(path);
  return length < 0 ? undefined : text.toString('utf8', 0, length);
}

/** Why reading failed, as a negative length. */
export function reasonOf(error: unknown): number {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ESRCH' || code === 'ENOTDIR') return GONE;
  return code === 'EACCES' || code === 'EPERM' ? DENIED : FAILED;
}
