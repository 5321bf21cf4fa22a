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

const TELL_EVERY = 60_000;
/** A longer timer would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** A steady pace on the monotonic clock: one snapshot each interval, never two at once; whoever takes too long loses turns, not the rhythm. A class, as it holds a timer. */
export class Pacer {
  readonly #options: PaceOptions;
  #stopped = false;
  #nudged = false;
  /** Ends the wait for the next turn, where there is one. */
  #wake = (): void => {};
  /** Turns left out since that was told last, and when it was. */
  #skipped = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  async *iterate(): AsyncGenerator<Snapshot, void, void> {
    const { interval, take } = this.#options;
    let due = monotonic();
    while (!this.#stopped) {
      const taken = await take();
      if (this.#stopped) return;
      yield taken;
      due += interval;
      const behind = monotonic() - due;
      if (behind > 0) {
        const turns = Math.ceil(behind / interval);
        due += turns * interval;
        this.#tell(turns, taken);
      }
      await this.#until(due);
    }
  }

  /** The next one is due now. */
  nudge(): void {
    this.#nudged = true;
    this.#wake();
  }

  /** Ends every iteration. */
  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  #tell(turns: number, { cost }: Snapshot): void {
    this.#skipped += turns;
    const now = monotonic();
    if (now - this.#toldAt < TELL_EVERY) return;
    const { interval, overrun } = this.#options;
    const took = formatDuration(Math.round(cost.wall));
    const what = this.#skipped === 1 ? '1 snapshot was' : `${this.#skipped} snapshots were`;
    overrun(`${what} left out: the last one took ${took}, and the interval is ${formatDuration(interval)}`);
    this.#toldAt = now;
    this.#skipped = 0;
  }

  #until(due: number): Promise<void> {
    return new Promise((resolve) => {
      const wait = this.#stopped || this.#nudged ? 0 : due - monotonic();
      this.#nudged = false;
      const timer = setTimeout(resolve, Math.min(Math.max(0, wait), LONGEST_TIMER));
      this.#wake = () => {
        this.#nudged = false;
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
