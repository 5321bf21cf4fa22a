import { uptimeOffset } from './host.ts';

/** Tells the time of a host whose time is made up, as its processes are. */
export interface Clock {
  /** Unix ms. */
  time(): number;
  /** ms since boot. */
  uptime(): number;
}

/** The time of a host, at moments of the monotonic clock. */
export interface HostTime {
  /** Unix ms, now. */
  now(): number;
  /** ms since boot at a moment of the monotonic clock. */
  uptimeAt(monotonic: number): number;
  /** Looks at the host's clock again: the monotonic one stood still in suspend. */
  follow(): void;
}

/** ms */
const STEP = 20;

/** The time of the host whose proc file system is at `root`, or of a made-up one. The uptime file counts in 10 ms: only a real step, as after suspend, is followed, so that the uptime never goes backwards. */
export function hostTime(root: string, clock: Clock | undefined): HostTime {
  if (clock) return { now: clock.time, uptimeAt: clock.uptime, follow: () => {} };
  let offset = 0;
  return {
    now: Date.now,
    uptimeAt: (moment) => moment + offset,
    follow() {
      const found = uptimeOffset(root);
      if (Math.abs(found - offset) > STEP) offset = found;
    },
  };
}
