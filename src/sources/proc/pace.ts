import type { Snapshot } from '../../core/types.ts';
import { formatDuration } from '../../core/units.ts';
import { monotonic } from './monotonic.ts';

/** What is to be done at a steady pace. */
export interface PaceOptions {
  /** ms */
  readonly interval: number;
  take(): Promise<Snapshot>;
  /** Snapshots were left out; said once a minute at most. */
  overrun(message: string): void;
}

/** A steady pace on the monotonic clock. */
export interface Pacer {
  iterate(): AsyncGenerator<Snapshot, void, void>;
  /** The next one is due now. */
  nudge(): void;
  /** Ends every iteration. */
  stop(): void;
}

const TELL_EVERY = 60_000;
/** A longer timer would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** One snapshot each interval, never two at once; whoever takes too long loses turns, not the rhythm. */
export function pace({ interval, take, overrun }: PaceOptions): Pacer {
  let stopped = false;
  let wake = () => {};
  let nudged = false;
  let skipped = 0;
  let toldAt = Number.NEGATIVE_INFINITY;

  async function* iterate(): AsyncGenerator<Snapshot, void, void> {
    let due = monotonic();
    while (!stopped) {
      const taken = await take();
      if (stopped) return;
      yield taken;
      due += interval;
      const behind = monotonic() - due;
      if (behind > 0) {
        const turns = Math.ceil(behind / interval);
        due += turns * interval;
        tell(turns, taken);
      }
      await until(due);
    }
  }

  function tell(turns: number, { cost }: Snapshot): void {
    skipped += turns;
    const now = monotonic();
    if (now - toldAt < TELL_EVERY) return;
    const took = formatDuration(Math.round(cost.wall));
    const what = skipped === 1 ? '1 snapshot was' : `${skipped} snapshots were`;
    overrun(`${what} left out: the last one took ${took}, and the interval is ${formatDuration(interval)}`);
    toldAt = now;
    skipped = 0;
  }

  function until(due: number): Promise<void> {
    return new Promise((resolve) => {
      const wait = stopped || nudged ? 0 : due - monotonic();
      nudged = false;
      const timer = setTimeout(resolve, Math.min(Math.max(0, wait), LONGEST_TIMER));
      wake = () => {
        nudged = false;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  return {
    iterate,
    nudge: () => {
      nudged = true;
      wake();
    },
    stop: () => {
      stopped = true;
      wake();
    },
  };
}
