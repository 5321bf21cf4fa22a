import { Retry } from '../../core/errors.ts';
import { formatDuration } from '../../core/units.ts';
import type { UnitState } from './systemctl.ts';

/** Longer than this nobody waits for a restart, ms. */
const LONGEST_WAIT = 5 * 60_000;

/** When psstop restarted which unit, on the monotonic clock: the limit is the unit's, whatever rule wants the restart. */
const restarts = new Map<string, number[]>();

/** Notes a restart of ours. @param now ms on the monotonic clock. */
export function noteRestart(unit: string, now: number): void {
  restarts.set(unit, [...(restarts.get(unit) ?? []).slice(-99), now]);
}

/**
 * Refuses a restart that could be one too many for systemd's start limit: the unit would then stay down until somebody runs
 * reset-failed. systemd does not tell its count, so this is its upper bound: none when the last start is older than the
 * interval; else our own restarts, or the last start by somebody else, and systemd's automatic ones.
 * @param now ms on the monotonic clock. @throws Retry with the time to wait, Error when that is too long.
 */
export function respectStartLimit(state: UnitState, now: number): void {
  const { burst, interval } = state.limit;
  if (burst <= 0 || interval <= 0) return;
  const wait = state.startedAt + interval - now;
  if (state.startedAt === 0 || wait < 0) return;
  const ours = (restarts.get(state.id) ?? []).filter((time) => time > now - interval).length;
  const automatic = Math.min(state.automaticRestarts, Math.floor(interval / Math.max(state.restartDelay, 1)));
  const starts = Math.max(ours, 1) + automatic;
  if (starts < burst) return;
  const limit = `${burst} starts in ${Number.isFinite(interval) ? formatDuration(interval) : 'its life'}`;
  const why = `${state.id} may be started no more: it allows ${limit} and up to ${starts} were seen; one too many and it would stay down`;
  if (wait > LONGEST_WAIT) throw new Error(why);
  throw new Retry(`${why}; safe again in ${formatDuration(wait)}`, { after: Math.ceil(wait) });
}
