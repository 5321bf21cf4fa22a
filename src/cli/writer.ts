import type { Writable } from 'node:stream';

/** Writes texts one after the other, no faster than they are read at the other end: a month may be more than fits into memory. Ends early where nobody reads any more. */
export async function writeAll(stream: Writable, texts: Iterable<string>): Promise<void> {
  for (const text of texts) {
    if (stream.destroyed) return;
    if (!stream.write(text)) await drained(stream);
  }
}

/** There is room again, or nobody reads any more. What fails is for whoever listens to errors of the stream. */
function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}
