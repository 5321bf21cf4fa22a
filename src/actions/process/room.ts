import { closeSync, openSync } from 'node:fs';
import { codeOf, Retry } from '../../core/errors.ts';

/** Three pipes with two ends each, the pipe by which a failed start is told, and some to spare. */
const NEEDED = 16;

/**
 * Makes sure that a program can be given its pipes. Without file descriptors Node's spawn hands back a child without streams
 * that emits its error later; execa 9.6 trips over the first, and nobody is left to listen for the second: it would end the
 * process. @throws Retry
 */
export function assertRoom(file: string): void {
  const opened: number[] = [];
  try {
    while (opened.length < NEEDED) opened.push(openSync('/dev/null', 'r'));
  } catch (error) {
    throw new Retry(`no room to start ${file}: ${codeOf(error) ?? 'unknown error'}`, { cause: error });
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}
