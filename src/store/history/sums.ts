import { atMost } from '../../core/bounds.ts';
import type { SumBy } from '../../core/history/read.ts';
import type { ProcessSample, Snapshot } from '../../core/types.ts';

/** What processes are added up by. */
const SUMMED: readonly SumBy[] = ['name', 'unit', 'container'];

/** What the processes of a name, unit or container hold together; bytes. */
export interface Sum {
  readonly by: SumBy;
  readonly key: string;
  processes: number;
  /** Of them those that were ever read: `pss`, `uss` and `swap` are the sums of their last readings. */
  read: number;
  uss: number;
  pss: number;
  swap: number;
  rss: number;
  /** What they can hold at most. */
  most: number;
}

/** Adds the processes of a snapshot up, each by its name, its unit and its container. */
export function sumsOf({ processes }: Snapshot): Sum[] {
  return SUMMED.flatMap((by) => {
    const sums = new Map<string, Sum>();
    for (const sample of processes) {
      const key = sample.process[by];
      if (key) add(sample, sumFor(sums, by, key));
    }
    return [...sums.values()];
  });
}

function sumFor(sums: Map<string, Sum>, by: SumBy, key: string): Sum {
  const known = sums.get(key);
  if (known) return known;
  const made = { by, key, processes: 0, read: 0, uss: 0, pss: 0, swap: 0, rss: 0, most: 0 };
  sums.set(key, made);
  return made;
}

/** A last reading counts as far as it can still be true. */
function add(sample: ProcessSample, sum: Sum): void {
  const high = sample.exact?.pss ?? atMost(sample, 'pss');
  sum.processes += 1;
  sum.rss += sample.exact?.rss ?? sample.rss;
  sum.most += high;
  const reading = sample.exact ?? sample.last;
  if (reading === undefined) return;
  sum.read += 1;
  sum.pss += Math.min(reading.pss, high);
  sum.uss += Math.min(reading.uss, high);
  sum.swap += reading.swapPss;
}

/** The figures of a sum in the order of its columns, without the time. */
export function figuresOf({ processes, read, uss, pss, swap, rss, most }: Sum): number[] {
  return [processes, read, uss, pss, swap, rss, most];
}
