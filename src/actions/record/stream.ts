import type { Writable } from 'node:stream';
import { Retry } from '../../core/errors.ts';

/** A pipe that nobody reads must not take the memory of the watchdog: above so many waiting bytes a line is put off. */
const MOST_WAITING = 1 << 20;

/** Writes one line, and waits until the system has taken it. @throws Retry when the reader does not keep up, Error when it is gone. */
export function writeLine(stream: Writable, line: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (stream.writableLength > MOST_WAITING) {
    throw new Retry(`nobody reads the output: ${stream.writableLength} bytes wait`);
  }
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null): void => {
      signal.removeEventListener('abort', aborted);
      // The stream emits its error after this callback.
      setImmediate(() => stream.off('error', ignore));
      if (error) reject(new Error(`can't write the line: ${error.message}`, { cause: error }));
      else resolve();
    };
    // The line waits in the stream and will be written: sending it again would say it twice.
    const aborted = (): void => done(new Error('the reader has not taken it in time'));
    signal.addEventListener('abort', aborted, { once: true });
    // The failure is told by the callback; as an event without a listener it would end the process.
    stream.on('error', ignore);
    stream.write(`${line}\n`, done);
  });
}

function ignore(): void {}
