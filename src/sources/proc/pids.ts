import { readText } from './files.ts';

/**
 * A figure read by the reader belongs to the process that the daemon saw only if its pid was not given to another in between.
 * The kernel hands pids out in a circle, and /proc/loadavg ends with the last one: only pids on the way from the last one before
 * to the last one after can have changed hands. Asking stat of all processes again would cost as much as the first time.
 */
export interface PidClock {
  /** The last pid given out; undefined when it can't be told for the processes under this root. */
  last(): number | undefined;
}

/** For proc file systems of another PID namespace, and for fixtures, loadavg says nothing: then every pid is in doubt. */
export function pidClock(root: string): PidClock {
  const own = sameNamespace(root);
  return {
    last() {
      const last = own ? / (\d{1,10})\n?$/.exec(readText(`${root}/loadavg`) ?? '')?.[1] : undefined;
      return last === undefined ? undefined : Number(last);
    },
  };
}

/** Whether `pid` can have been given out between two readings of the clock. */
export function mayBeReused(pid: number, before: number | undefined, after: number | undefined): boolean {
  if (before === undefined || after === undefined) return true;
  return before <= after ? pid > before && pid <= after : pid > before || pid <= after;
}

/** NSpid lists our pid in each namespace from the mount's down to ours: one number means they are the same. */
function sameNamespace(root: string): boolean {
  const status = readText(`${root}/self/status`) ?? '';
  return new RegExp(`^NSpid:\t${process.pid}$`, 'm').test(status);
}
