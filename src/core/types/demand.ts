import type { Measure } from './measure.ts';
import type { ProcessSample } from './process.ts';

/**
 * Why a process is to be read, most urgent first. `act`: something is done to it now, whatever the reading costs; `decide`: a
 * rule's outcome depends on it; `follow`: the same, but nothing would be told yet, whatever is read; `series`: a history
 * wants a point; `show`: somebody looks at it.
 */
export type Urgency = 'act' | 'decide' | 'follow' | 'series' | 'show';

/** One process that is to be read exactly in this snapshot. */
export interface Demand {
  readonly sample: ProcessSample;
  readonly urgency: Urgency;
  /** The figure that is asked for, where it is one. */
  readonly measure?: Measure;
  /** For the debug log: not escaped. */
  readonly why: () => string;
}
