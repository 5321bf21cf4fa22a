import type { ExactReading, ResourceLimit, UnreadReason } from '../../core/types.ts';
import type { ReadOutcome } from './backlog.ts';
import type { Ceiling } from './ceiling.ts';
import type { DraftSample, Entry, EntryContext } from './entry.ts';
import { readSwap } from './host.ts';
import { infoOf } from './info.ts';
import { FIELD } from './layout.ts';
import { againstLimits, type Rlimits } from './rlimits.ts';

const KIB = 1024;

/** A sample with what is known before anything is read. `swap` in bytes; `ceiling` where there is one. */
export function draftOf(
  entry: Entry,
  context: EntryContext,
  { swap, ceiling }: { swap: number; ceiling: Ceiling | undefined },
): DraftSample {
  const { rss, shared, cpu, threads, lag, last, lookedAt } = entry;
  const process = infoOf(entry, context);
  // What there usually is stands in one literal: what is added to it later is kept apart from it, and copied each time.
  const sample: DraftSample =
    last !== undefined && lookedAt !== context.uptime
      ? { process, rss, shared, cpu, threads, lag, swap, last, loadAt: lookedAt }
      : { process, rss, shared, cpu, threads, lag, swap };
  if (last !== undefined) sample.last = last;
  if (lookedAt !== context.uptime) sample.loadAt = lookedAt;
  if (ceiling !== undefined) limit(sample, ceiling);
  if (entry.limits !== undefined) sample.limits = usedOf(entry, entry.limits, context);
  if (isDenied(entry)) sample.unread = 'denied';
  // One that was under way when the last snapshot ended counts for this one.
  if (entry.fresh && entry.last !== undefined) fill(sample, entry.last);
  entry.fresh = false;
  return sample;
}

function usedOf(
  { pid, size }: Entry,
  limits: Rlimits,
  { root, machine: { page } }: EntryContext,
): readonly ResourceLimit[] {
  return againstLimits(limits, { root, pid, space: size * page, page });
}

function limit(sample: DraftSample, ceiling: Ceiling): void {
  sample.ceiling = ceiling.limit;
  if (Number.isFinite(ceiling.room)) sample.room = ceiling.room;
}

/** Takes over the load of an entry whose stat file was looked at while the snapshot was being taken. */
export function noteLoad(sample: DraftSample, { cpu, threads }: Entry): void {
  sample.cpu = cpu;
  sample.threads = threads;
  delete sample.loadAt;
}

/** SwapPss of a process is at most its VmSwap, whose counter may lag behind as those of the resident size do. Bytes. */
export function mostSwapped({ pid, lag }: Entry, root: string): number {
  return readSwap(root, pid) + lag;
}

/** Puts in what came of reading the process. Of one that can't be read it is at least told how much of it is in swap. */
export function settleSample(sample: DraftSample, entry: Entry, root: string): void {
  if (entry.fresh && entry.last !== undefined) fill(sample, entry.last);
  else {
    sample.unread = reasonOf(entry);
    if (sample.swap !== undefined && sample.swap > 0) sample.swap = Math.min(sample.swap, mostSwapped(entry, root));
  }
  entry.fresh = false;
}

/** The bounds stay as they were found: what others can have was reckoned from them. */
function fill(sample: DraftSample, reading: ExactReading): void {
  sample.exact = reading;
  sample.last = reading;
  delete sample.unread;
}

/** It may not be read, as far as is known: that is asked again when its slow-changing files are looked at, and not each time. */
export function isDenied({ outcome }: Entry): boolean {
  return outcome === 'denied' || outcome === 'empty';
}

/** Why an entry has no exact reading in this snapshot. */
function reasonOf({ asked, outcome }: Entry): UnreadReason {
  if (asked || outcome === undefined) return 'late';
  return outcome === 'postponed' || outcome === 'gone' ? outcome : reasonFor(outcome);
}

/** The reason for an outcome. A file that is there and holds no figures may not be read, as far as anybody can tell. */
export function reasonFor(outcome: ReadOutcome): UnreadReason {
  return outcome === 'stuck' || outcome === 'late' ? outcome : 'denied';
}

/** A record in bytes. `uptimeAt` leads from the reader's clock to the uptime. */
export function toReading(fields: Float64Array, uptimeAt: (monotonic: number) => number): ExactReading {
  return {
    at: uptimeAt(fields[FIELD.at] ?? 0),
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
