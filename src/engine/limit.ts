import type { AlertEvent, Step } from '../core/types.ts';
import { formatDuration } from '../core/units.ts';

/** Says why a step may not run now, or takes note that it does. */
export interface Limits {
  /** @returns why not; undefined means go, and `release` must be called when it is over. */
  claim(step: Step, event: AlertEvent): string | undefined;
  release(step: Step, event: AlertEvent): void;
}

/** Limits that count in the given clock's ms. What acts on a target runs once at a time, whichever rules ask for it. */
export function createLimits(now: () => number = () => performance.now()): Limits {
  const runs = new Map<string, number[]>();
  const busy = new Set<string>();
  return {
    claim(step, event) {
      const { atMost, name, countedAs, action } = step;
      const place = placeOf(step, event);
      if (action.exclusive && busy.has(place)) return `another action on ${event.target.name} is under way`;
      // An end is told as often as a beginning was.
      if (atMost && event.kind !== 'resolved' && event.kind !== 'cancelled') {
        const recent = (runs.get(countedAs) ?? []).filter((at) => at > now() - atMost.per);
        runs.set(countedAs, recent);
        if (recent.length >= atMost.times) {
          return `limit reached: ${name} at most ${atMost.times} times in ${formatDuration(atMost.per)}`;
        }
        recent.push(now());
      }
      if (action.exclusive) busy.add(place);
      return undefined;
    },
    release(step, event) {
      if (step.action.exclusive) busy.delete(placeOf(step, event));
    },
  };
}

/** Two rules may see the same service as different targets: its unit is what they have in common. */
function placeOf({ action }: Step, { target }: AlertEvent): string {
  return action.place ?? target.unit ?? `${target.by} ${target.key}`;
}
