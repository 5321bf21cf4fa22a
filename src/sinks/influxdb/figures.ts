import { atMost } from '../../core/bounds.ts';
import type { ProcessSample } from '../../core/types.ts';
import { type Fields, flag, real, whole } from './line.ts';

/** What some processes hold together, bytes. */
interface Sums {
  pss: number;
  swap: number;
  uss: number;
  rss: number;
  low: number;
  high: number;
  /** How many were not read in this snapshot, and how many of these never were. */
  unread: number;
  unknown: number;
  /** Age of the oldest reading, ms. */
  age: number;
}

/**
 * What is known of some processes, added up: `pss`, `swap` and `uss` are those of the last readings, the oldest of which is
 * `age` seconds old; `exact` says that all are of this snapshot; `pss_low` and `pss_high` bound what they hold now. Where none
 * was ever read, only the bounds are there. @param uptime of the snapshot, ms.
 */
export function figuresOf(samples: readonly ProcessSample[], uptime: number): Fields {
  const sums: Sums = { pss: 0, swap: 0, uss: 0, rss: 0, low: 0, high: 0, unread: 0, unknown: 0, age: 0 };
  for (const sample of samples) add(sums, sample, uptime);
  const read = sums.unknown < samples.length;
  return {
    processes: whole(samples.length),
    ...(read && { pss: whole(sums.pss), swap: whole(sums.swap), uss: whole(sums.uss) }),
    rss: whole(sums.rss),
    pss_low: whole(sums.low),
    pss_high: whole(sums.high),
    exact: flag(sums.unread === 0),
    ...(read && { age: real(sums.age / 1000) }),
    unread: whole(sums.unread),
    unknown: whole(sums.unknown),
  };
}

function add(sums: Sums, sample: ProcessSample, uptime: number): void {
  const { exact, last } = sample;
  const high = exact?.pss ?? atMost(sample, 'pss');
  sums.rss += exact?.rss ?? sample.rss;
  sums.low += exact?.pss ?? 0;
  sums.high += high;
  if (exact === undefined) sums.unread += 1;
  const reading = exact ?? last;
  if (reading === undefined) {
    sums.unknown += 1;
    return;
  }
  sums.pss += Math.min(reading.pss, high);
  sums.swap += reading.swapPss;
  sums.uss += Math.min(reading.uss, high);
  if (exact === undefined) sums.age = Math.max(sums.age, uptime - reading.at);
}
