import { fstatSync, write } from 'node:fs';
import { Writable } from 'node:stream';
import { messageOf } from '../../core/errors.ts';
import { formatLine, type LineStyle, type Missing, missingLine } from './event-lines.ts';

/** True when journald reads this file: JOURNAL_STREAM holds its device and inode (systemd.exec(5)). */
export function isJournal(fd: number, variable: string | undefined): boolean {
  if (!variable) return false;
  const { dev, ino } = fstatSync(fd);
  return variable === `${dev}:${ino}`;
}

/**
 * Standard output for a program that runs for months. On a regular file Node's own stream is broken for ever by the first
 * full disk; this one loses the lines that find no room, and writes on when there is room again, first how many are
 * missing. Pipes and terminals get `stdout`.
 */
export function lastingOutput(stdout: Writable & { readonly fd: number }, style: LineStyle): Writable {
  if (!fstatSync(stdout.fd).isFile()) return stdout;
  let torn = false;
  let missing: Missing = { lines: 0, why: '' };
  return new Writable({
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      // A line that was cut short is ended first: the next one must not stand behind its half.
      const told = missing.lines > 0 ? formatLine(missingLine(missing, Date.now()), style) : '';
      const ahead = Buffer.from(`${torn ? '\n' : ''}${told}`);
      const data = Buffer.concat([ahead, chunk]);
      writeAll(stdout.fd, data, (written, error) => {
        if (written > 0) torn = data[written - 1] !== LINE_FEED;
        const before = written < ahead.length ? missing.lines : 0;
        const lines = before + countLines(data.subarray(Math.max(written, ahead.length)));
        missing = { lines, why: error ? messageOf(error) : '' };
        done();
      });
    },
  });
}

const LINE_FEED = 10;

function countLines(data: Buffer): number {
  let count = 0;
  for (const byte of data) if (byte === LINE_FEED) count += 1;
  return count;
}

/** Writes as much as it can. @param done is given how many bytes were written, and what stopped it. */
function writeAll(fd: number, data: Buffer, done: (written: number, error?: Error) => void): void {
  const writeFrom = (start: number): void =>
    write(fd, data, start, data.length - start, null, (error, count) => {
      if (error) done(start, error);
      else if (start + count === data.length) done(data.length);
      else writeFrom(start + count);
    });
  writeFrom(0);
}
