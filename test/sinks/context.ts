import { setTimeout as sleep } from 'node:timers/promises';
import type { SinkContext } from '../../src/core/types.ts';

/** A context that keeps what a sink reports. */
export function context(): SinkContext & { readonly notices: string[] } {
  const notices: string[] = [];
  return {
    host: 'web-1',
    version: '0.0.0',
    live: true,
    notices,
    notice: ({ severity, message }) => notices.push(`${severity}: ${message}`),
  };
}

/** Waits until something holds, at most `limit` ms. */
export async function until(holds: () => boolean, limit = 20_000): Promise<void> {
  const end = Date.now() + limit;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`did not hold within ${limit} ms: ${holds}`);
    await sleep(5);
  }
}
