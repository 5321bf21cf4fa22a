import { type Forecast, forecast } from '../../core/trend/forecast.ts';
import type { Beside } from '../../core/trend/history.ts';
import type { HistoryWant, ProcessSample, ResourceLimit, TargetView } from '../../core/types.ts';

/** What bounds single processes beside their cgroups. */
export const LIMITS: readonly ResourceLimit['name'][] = ['RLIMIT_AS', 'RLIMIT_DATA'];

/** What a limit bounds, for people. */
export const BOUNDED: Readonly<Record<ResourceLimit['name'], string>> = {
  RLIMIT_AS: 'address space',
  RLIMIT_DATA: 'private writable memory',
};

/** A forecast against a limit of single processes. */
export interface LimitForecast {
  /** That of the process which is nearest to its limit. */
  readonly nearest: ResourceLimit;
  /** Of the share of the limit that is used: hours as ever, rate and level as shares. */
  readonly made: Forecast;
}

/**
 * A history of how much of a resource limit is used: the share of the process that is nearest to it. What counts is not
 * what the process holds but what it has mapped: a heap that was reserved at the start grows into nothing new. It is known
 * without a reading, in every snapshot. Nothing is kept of who has no such limit.
 */
export function limitHistory(name: ResourceLimit['name'], width: number): HistoryWant {
  return {
    window: Number.POSITIVE_INFINITY,
    seldom: true,
    value: (target) => {
      const nearest = nearestTo(name, target.members);
      return nearest && nearest.used / nearest.limit;
    },
    keep: { levels: width, beside: unknown },
  };
}

/** The forecasts against those limits of which a history is kept. */
export function foreseeLimits(
  wants: readonly HistoryWant[],
  target: TargetView,
  deviate: number,
): readonly LimitForecast[] {
  return wants.flatMap((want, index): LimitForecast[] => {
    const name = LIMITS[index];
    const nearest = name && nearestTo(name, target.members);
    const made = nearest && forecast(target.history(want).levels, 1, deviate);
    return made ? [{ nearest, made }] : [];
  });
}

function nearestTo(name: ResourceLimit['name'], members: readonly ProcessSample[]): ResourceLimit | undefined {
  let nearest: ResourceLimit | undefined;
  for (const { limits } of members) {
    const own = limits?.find((limit) => limit.name === name);
    if (own && (nearest === undefined || own.used / own.limit > nearest.used / nearest.limit)) nearest = own;
  }
  return nearest;
}

/** Nothing confirms it: it is the process's own. */
function unknown(_: TargetView, seen: Beside): void {
  seen.own = Number.NaN;
  seen.resident = Number.NaN;
  seen.crew = Number.NaN;
  seen.cpu = Number.NaN;
}
