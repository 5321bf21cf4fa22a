import type { Beside } from '../../core/trend/history.ts';
import type { HistoryWant, Measure, ProcessSample, TargetView } from '../../core/types.ts';

/** Readings that are older than so many buckets are none of this one. */
const FRESH = 2;

/**
 * What a history of retained memory is made of, a reading for each bucket of `width` ms. What is held is PSS and swap
 * less file pages, which the kernel takes back when it needs them.
 */
export function retained(width: number): HistoryWant {
  return history(width, (target, age) => less(target.recent('memory', age), target.recent('file', age)));
}

/** A long history of one measure. */
export function historyOf(measure: Measure, width: number): HistoryWant {
  return history(width, (target, age) => target.recent(measure, age));
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
  const swap = target.recent('swap', age) ?? Number.NaN;
  seen.own = (target.recent('uss', age) ?? Number.NaN) + swap;
  seen.resident = (target.recent('rss', age) ?? Number.NaN) + swap;
  seen.cpu = sum(target.members, cpuOf);
  seen.crew = sum(target.members, threadsOf);
}

/** NaN when it is not known of all of them. Hot: no closures are made. */
function sum(members: readonly ProcessSample[], figure: (member: ProcessSample) => number): number {
  let total = 0;
  for (const member of members) total += figure(member);
  return total;
}

function cpuOf({ cpu = Number.NaN }: ProcessSample): number {
  return cpu;
}

function threadsOf({ threads = Number.NaN }: ProcessSample): number {
  return threads;
}

function less(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one - other;
}
