import { Series } from './series.ts';
import type { SeriesWant, TargetView } from './types.ts';

/** What befell a target in a snapshot, as far as its histories care. */
export interface Moment {
  readonly wants: readonly SeriesWant[];
  /** All its members are new: what was measured before belongs to another life. */
  readonly reborn: boolean;
  /** An uptime at which a bucket begins, ms. */
  readonly phase: number;
}

/** The histories that a condition wants of one target, in the order in which it wants them. Hot. */
export class Histories {
  readonly #series: (Series | undefined)[] = [];
  /** When the newest reading was taken that stands in them, ms. */
  #newest = Number.NEGATIVE_INFINITY;

  /** Moves them on by one snapshot. A figure that nobody read anew is no new point: the last one would be said twice. */
  push(target: TargetView, { wants, reborn, phase }: Moment): void {
    const newest = newestReading(target);
    const fresh = newest > this.#newest;
    this.#newest = newest;
    for (let index = 0; index < wants.length; index += 1) {
      const want = wants[index];
      if (want === undefined) continue;
      const series = this.at(index, want, phase);
      if (reborn && want.keep === undefined) series.clear();
      if (want.every !== undefined && !fresh) continue;
      const value = want.value(target);
      if (value !== undefined) series.push(target.snapshot.uptime, value, want.guard?.(target) ?? Number.NaN);
    }
  }

  /** A want that the condition has not announced (below 0) gets an empty series each time. */
  at(index: number, want: SeriesWant, phase: number): Series {
    const known = this.#series[index];
    if (known) return known;
    const made = new Series(want, phase);
    if (index >= 0) this.#series[index] = made;
    return made;
  }
}

/** When somebody was last read, or had not moved since. */
function newestReading({ members, snapshot }: TargetView): number {
  let newest = Number.NEGATIVE_INFINITY;
  for (const { exact, last, still } of members) {
    const at = exact !== undefined || still ? snapshot.uptime : last?.at;
    if (at !== undefined && at > newest) newest = at;
  }
  return newest;
}
