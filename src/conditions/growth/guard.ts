import type { Measure, TargetView } from '../../core/types.ts';
import { privateIn } from '../history/sight.ts';

/** A second figure that must grow along, and its name for people. The figure is put together from readings no older than `age` ms. */
export interface Guard {
  readonly name: string;
  readonly figure: (target: TargetView, age: number) => number | undefined;
}

/**
 * What confirms that a measure grew because memory was taken. A process's share (PSS, and each part of it) also rises
 * when a process that shared its pages ends: with five sharing 200 MB, three leaving make the PSS of a survivor 2.5
 * times as great while nothing was allocated. Private memory does not move then, nor does RSS. Swapped pages count as
 * private, so that a leak that is swapped out is seen. Shared files and shared memory can't show in private memory:
 * RSS confirms those. The other measures do not depend on sharing, or (swap) have nothing to confirm them.
 */
export function guardOf(measure: Measure): Guard | undefined {
  switch (measure) {
    case 'pss':
    case 'memory':
    case 'anon':
      return {
        name: 'private memory and swap',
        figure: (target, age) => privateIn(target.recent(age)),
      };
    case 'file':
    case 'shmem':
      return { name: 'resident memory', figure: (target, age) => target.recent(age)?.rss };
    default:
      return undefined;
  }
}
