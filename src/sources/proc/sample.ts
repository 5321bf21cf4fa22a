import type { ExactReading, ProcessInfo, ProcessSample, UnreadReason } from '../../core/types.ts';
import type { ReadOutcome } from './client.ts';
import type { Entry } from './entry.ts';

/** What a sample is made of. */
export interface SampleParts {
  readonly process: ProcessInfo;
  readonly rss: number;
  readonly exact: ExactReading | undefined;
  readonly unread: UnreadReason;
  readonly ceiling: number | undefined;
}

/** Leaves out what is not known. */
export function toSample({ process, rss, exact, unread, ceiling }: SampleParts): ProcessSample {
  if (ceiling === undefined) return exact === undefined ? { process, rss, unread } : { process, rss, exact };
  return exact === undefined ? { process, rss, unread, ceiling } : { process, rss, exact, ceiling };
}

/** Why an entry has no exact reading in this snapshot. */
export function reasonOf({ asked, outcome }: Entry): UnreadReason {
  if (asked || outcome === undefined) return 'late';
  return outcome === 'postponed' ? outcome : reasonFor(outcome);
}

/** The reason for an outcome. A file that is there and holds no figures may not be read, as far as anybody can tell. */
export function reasonFor(outcome: ReadOutcome): UnreadReason {
  return outcome === 'stuck' || outcome === 'late' ? outcome : 'denied';
}
