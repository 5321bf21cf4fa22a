import { figureOf } from '../../core/bounds.ts';
import type { Beside } from '../../core/trend/history.ts';
import type { ExactReading, HistoryWant, Measure, ProcessSample, TargetView } from '../../core/types.ts';

/** Readings that are older than so many buckets are none of this one. */
const FRESH = 2;

/**
 * What a history of retained memory is made of, a reading for each bucket of `width` ms. What is held is PSS and swap
 * less file pages, which the kernel takes back when it needs them.
 * @param least bytes that a target must be able to hold for it to matter.
 */
export function retained(width: number, least = 0): HistoryWant {
  const want = history(width, (target, age) => retainedIn(target.recent(age)));
  return { ...want, least, shows: 'memory that is not files' };
}

/** A long history of one measure. */
export function historyOf(measure: Measure, width: number): HistoryWant {
  return { ...history(width, (target, age) => figureIn(target.recent(age), measure)), shows: measure };
}

/**
 * Private memory and resident memory, both with swap, stand beside it to confirm it: PSS alone also rises when a process
 * that shared pages ends; private memory rises when the last one does, but resident memory does not; and resident memory
 * rises when pages that others hold are touched, but private does not.
 */
function history(width: number, value: (target: TargetView, age: number) => number | undefined): HistoryWant {
  const age = FRESH * width;
  return {
    window: Number.POSITIVE_INFINITY,
    every: width,
    value: (target) => value(target, age),
    keep: { levels: width, beside: (target, seen) => fill(target, age, seen) },
  };
}

function fill(target: TargetView, age: number, seen: Beside): void {
  const reading = target.recent(age);
  seen.own = privateIn(reading) ?? Number.NaN;
  seen.resident = reading === undefined ? Number.NaN : reading.rss + reading.swapPss;
  addLoad(target.members, { oldest: target.snapshot.uptime - age, now: target.snapshot.uptime }, seen);
}

/**
 * The CPU time and the threads of all members, NaN when they are not known of all of them, or were looked at before
 * `oldest`. Members are looked at each with its own reading: their CPU time together is that of the mean of these
 * moments. Hot: no closures are made.
 */
function addLoad(
  members: readonly ProcessSample[],
  { oldest, now }: { oldest: number; now: number },
  seen: Beside,
): void {
  let [cpu, threads, moments] = [0, 0, 0];
  for (const member of members) {
    const at = member.loadAt ?? now;
    cpu += at < oldest ? Number.NaN : (member.cpu ?? Number.NaN);
    threads += member.threads ?? Number.NaN;
    moments += at;
  }
  seen.cpu = cpu;
  seen.cpuAt = moments / members.length;
  seen.crew = threads;
}

/** One measure of a reading. */
export function figureIn(reading: ExactReading | undefined, measure: Measure): number | undefined {
  return reading && figureOf(reading, measure);
}

/** What is held, of a reading: PSS and swap less file pages. */
export function retainedIn(reading: ExactReading | undefined): number | undefined {
  return reading && reading.pss + reading.swapPss - reading.file;
}

/** What nobody shares: private memory and swap. */
export function privateIn(reading: ExactReading | undefined): number | undefined {
  return reading && reading.uss + reading.swapPss;
}
