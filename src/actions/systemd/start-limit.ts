import { Retry } from '../../core/errors.ts';
import { formatDuration } from '../../core/units.ts';
import type { UnitState } from './systemctl.ts';

/** Longer than this nobody waits for a restart, ms. */
const LONGEST_WAIT = 5 * 60_000;

/** Starts of a unit that were over when psstop restarted it: the last one of them, on the monotonic clock in ms, and how many there may have been. */
interface Past {
  readonly at: number;
  readonly starts: number;
}

/** By unit, whatever rule wants the restart: the limit is the unit's. */
const past = new Map<string, Past[]>();

/** Notes that a unit is restarted by us: systemd begins to count its automatic restarts anew. @param before its state until now. */
export function noteRestart(before: UnitState): void {
  const earlier = past.get(before.id) ?? [];
  past.set(before.id, [...earlier.slice(-99), { at: before.startedAt, starts: recentStarts(before) }]);
}

/**
 * Refuses a restart that could be one too many for systemd's start limit: the unit would then stay down until somebody runs
 * reset-failed. systemd does not tell its count, so this is its upper bound as far as one can see: none when the last start is
 * older than the interval, else that start, the automatic ones before it, and those that we saw before our own restarts.
 * @param now ms on the monotonic clock. @throws Retry with the time to wait, Error when that is too long.
 */
export function respectStartLimit(state: UnitState, now: number): void {
  const { burst, interval } = state.limit;
  if (burst <= 0 || interval <= 0) return;
  const wait = state.startedAt + interval - now;
  if (state.startedAt === 0 || wait < 0) return;
  const earlier = (past.get(state.id) ?? []).filter(({ at }) => at > now - interval);
  const starts = earlier.reduce((sum, { starts }) => sum + starts, recentStarts(state));
  if (starts < burst) return;
  const limit = `${burst} starts in ${Number.isFinite(interval) ? formatDuration(interval) : 'its life'}`;
  const why = `${state.id} may be started no more: it allows ${limit} and up to ${starts} were seen; one too many and it would stay down`;
  if (wait > LONGEST_WAIT) throw new Error(why);
  throw new Retry(`${why}; safe again in ${formatDuration(wait)}`, { after: Math.ceil(wait) });
}

/** The last start, and the automatic ones that may have been within the interval before it. */
function recentStarts({ automaticRestarts, restartDelay, limit }: UnitState): number {
  return 1 + Math.min(automaticRestarts, Math.floor(limit.interval / Math.max(restartDelay, 1)));
}
