import { fstatSync, write } from 'node:fs';
import { Writable } from 'node:stream';

/** True when journald reads this file: JOURNAL_STREAM holds its device and inode (systemd.exec(5)). */
export function isJournal(fd: number, variable: string | undefined): boolean {
  if (!variable) return false;
  const { dev, ino } = fstatSync(fd);
  return variable === `${dev}:${ino}`;
}

/**
 * Standard output for a program that runs for months. On a regular file Node's own stream is broken for ever by the first
 * full disk; this one loses the lines that found no room and writes the next ones again. Pipes and terminals get `stdout`.
 */
export function lastingOutput(stdout: Writable & { readonly fd: number }): Writable {
  if (!fstatSync(stdout.fd).isFile()) return stdout;
  return new Writable({
    decodeStrings: true,
    write: (chunk: Buffer, _encoding, done) => writeAll(stdout.fd, chunk, () => done()),
  });
}

function writeAll(fd: number, data: Buffer, done: () => void): void {
  write(fd, data, (error, written) => {
    if (error || written === data.length) done();
    else writeAll(fd, data.subarray(written), done);
  });
}
