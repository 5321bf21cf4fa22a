import type { Life, LifeFilter } from '../../core/history/read.ts';
import type { ProcessInfo } from '../../core/types.ts';
import type { Track } from './tracks.ts';

/** The process that a series is of, without its command line. */
export function processOf({ identity, pid, start, started, ppid }: Track): ProcessInfo {
  const known = JSON.parse(identity) as Partial<ProcessInfo>;
  const { name = '', uid = -1, user = '', cgroup = '' } = known;
  return { ...known, pid, start, startedAt: started, ppid, name, uid, user, cgroup };
}

/** Whether a life is among those that are asked for. */
export function isAsked({ process, since, until }: Life, filter: LifeFilter): boolean {
  const texts = (['name', 'unit', 'container'] as const).every((key) => {
    const only = filter[key];
    const text = process[key];
    return only === undefined || (text !== undefined && only(text));
  });
  if (!texts) return false;
  if (filter.pid !== undefined && process.pid !== filter.pid) return false;
  if (filter.build !== undefined && process.build !== filter.build) return false;
  return until >= (filter.since ?? 0) && since <= (filter.until ?? Number.POSITIVE_INFINITY);
}
