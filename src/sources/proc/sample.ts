import type { ExactReading, ProcessInfo, ProcessSample, UnreadReason } from '../../core/types.ts';
import type { ReadOutcome } from './backlog.ts';
import type { Entry } from './entry.ts';
import { FIELD } from './layout.ts';

const KIB = 1024;

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

/** A record in bytes. `offset` leads from the reader's clock to the uptime. */
export function toReading(fields: Float64Array, offset: number): ExactReading {
  return {
    at: (fields[FIELD.at] ?? 0) + offset,
    pss: bytes(fields, FIELD.pss),
    swapPss: bytes(fields, FIELD.swapPss),
    rss: bytes(fields, FIELD.rss),
    uss: bytes(fields, FIELD.uss),
    anon: bytes(fields, FIELD.anon),
    file: bytes(fields, FIELD.file),
    shmem: bytes(fields, FIELD.shmem),
    dirty: bytes(fields, FIELD.dirty),
  };
}

function bytes(fields: Float64Array, field: number): number {
  return (fields[field] ?? 0) * KIB;
}
