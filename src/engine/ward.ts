import type { ExactReading, ProcessSample, Snapshot, UnreadReason, Ward } from '../core/types.ts';

/** Reads one process now. */
export type Reread = (pid: number, start: number) => Promise<ExactReading | UnreadReason>;

/** A ward that is shown each snapshot. */
export interface OpenWard extends Ward {
  saw(snapshot: Snapshot): void;
}

/** So many of a target's processes are read to weigh it, the biggest; what the others held when they were read last is added. */
const MOST_READ = 50;

/** Opens a ward over what is watched. */
export function openWard(reread: Reread): OpenWard {
  const waiting = new Set<(snapshot: Snapshot) => void>();
  let last: Snapshot | undefined;
  return {
    saw(snapshot) {
      last = snapshot;
      for (const wake of waiting) wake(snapshot);
      waiting.clear();
    },
    last: () => last,
    next(signal) {
      return new Promise((resolve, reject) => {
        const wake = (snapshot: Snapshot): void => {
          signal.removeEventListener('abort', stop);
          resolve(snapshot);
        };
        const stop = (): void => {
          waiting.delete(wake);
          reject(signal.reason);
        };
        if (signal.aborted) return stop();
        signal.addEventListener('abort', stop, { once: true });
        waiting.add(wake);
      });
    },
    async weigh(members) {
      const sorted = [...members].sort((a, b) => b.rss - a.rss);
      const read = await Promise.all(sorted.slice(0, MOST_READ).map((member) => heldBy(member, reread)));
      const known = read.filter((held) => held !== undefined);
      if (known.length === 0) return undefined;
      const rest = sorted.slice(MOST_READ).reduce((sum, { last: before }) => sum + (before ? total(before) : 0), 0);
      return known.reduce((sum, held) => sum + held, rest);
    },
  };
}

/** What one process holds: nothing any more when it is gone. */
async function heldBy({ process, last }: ProcessSample, reread: Reread): Promise<number | undefined> {
  const found = await reread(process.pid, process.start);
  if (typeof found !== 'string') return total(found);
  if (found === 'gone') return 0;
  return last && total(last);
}

function total({ pss, swapPss }: ExactReading): number {
  return pss + swapPss;
}
