import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/** The last bytes of what streams brought, whatever they brought before. */
export interface Tail {
  /** The kept bytes as text; how many were left out before them is said. */
  text(): string;
  /** Keeps no more. What comes yet is read and thrown away, and the process does not wait for it. */
  release(): void;
}

/** Reads streams to their ends, so that a writer never blocks, and keeps the last `limit` bytes of all together. */
export function keepTail(streams: readonly (Readable | null | undefined)[], limit: number): Tail {
  let kept: Buffer[] = [];
  let length = 0;
  let total = 0;
  const shorten = (): void => {
    const joined = Buffer.concat(kept);
    kept = [joined.subarray(Math.max(0, joined.length - limit))];
    length = kept[0]?.length ?? 0;
  };
  const keep = (chunk: Buffer): void => {
    kept.push(chunk);
    length += chunk.length;
    total += chunk.length;
    // Not at every chunk: a flood would be copied again and again.
    if (length > 2 * limit + 65_536) shorten();
  };
  for (const stream of streams) stream?.on('data', keep).on('error', () => undefined);
  return {
    release() {
      for (const stream of streams) {
        stream?.off('data', keep).resume();
        (stream as Partial<Socket> | null | undefined)?.unref?.();
      }
    },
    text() {
      shorten();
      const missing = total - length;
      const text = kept[0]?.toString().trimEnd() ?? '';
      return missing > 0 ? `(${missing} bytes left out) ${text}` : text;
    },
  };
}
