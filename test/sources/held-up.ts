import { readFileSync } from 'node:fs';

/** How long a thread was held up, ms. */
export interface HeldUp {
  /** The longest time between two turns of its event loop, less what the machine made it wait for a CPU meanwhile. */
  readonly longest: number;
  /** All that it waited for a CPU. */
  readonly waited: number;
}

/** How often it is looked, ms. */
const EVERY = 5;

/**
 * Watches the event loop of this thread: what blocks it counts, be it work, a file or a child, and what others that run on
 * a busy machine take from it does not. @returns what ends the watch and tells.
 */
export function watchLoop(): () => HeldUp {
  let [last, queued] = [performance.now(), queuedTime()];
  const began = queued;
  let longest = 0;
  const look = (): void => {
    const [now, waited] = [performance.now(), queuedTime()];
    longest = Math.max(longest, now - last - (waited - queued) - EVERY);
    [last, queued] = [now, waited];
  };
  const timer = setInterval(look, EVERY);
  return () => {
    clearInterval(timer);
    look();
    return { longest, waited: queued - began };
  };
}

/** How long this thread was ready to run and did not, since its start, ms: the second figure of schedstat, in ns. 0 where the kernel counts none. */
function queuedTime(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}
