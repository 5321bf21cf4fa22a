import type { Urgency } from './types.ts';

/** What reading may cost, as shares of time; `Infinity`: whatever it costs. */
export interface BudgetShares {
  /** Of the time of each process that is read: it may wait for the whole walk of its page tables. */
  readonly process: number;
  /** Of one CPU. */
  readonly host: number;
}

/** Harmless for any target; little for a host. */
export const DEFAULT_SHARES: BudgetShares = { process: 0.001, host: 0.005 };

/** Whoever is to be read, as far as the budget cares. Times are uptimes in ms. */
export interface Candidate {
  readonly urgency: Urgency;
  readonly startedAt: number;
  /** Bytes that are resident: they are what a walk costs. */
  readonly rss: number;
  /** When it was last read, and how long that took, ms. */
  readonly last?: { readonly at: number; readonly took: number };
}

/** So much of what was not spent is kept for later: a reading that decides must not wait because there was one before it. ms */
const KEPT = 20_000;
/** What must be left, as a share of that, for readings that can wait. */
const RESERVE: Readonly<Record<Urgency, number>> = {
  act: Number.NEGATIVE_INFINITY,
  decide: 0,
  series: 0.25,
  show: 0.5,
};
/** A walk costs 6 to 20 ms for each GiB, until it is known better; and something with no memory at all. */
const FIRST_RATE = 20 / 2 ** 30;
const LEAST = 0.03;
/** Smaller ones say more of the system call than of the walk. */
const TELLING = 4 * 2 ** 20;
const SMOOTHING = 0.05;

/**
 * Sees to it that no process is read for more than its share of time, and that all readings together take no more than theirs
 * of a CPU: a token bucket that may run into debt by one reading, so that a walk longer than the bucket is made in the end. What
 * is done to a process is never done on less than a reading: `act` is charged and not refused.
 */
export class Budget {
  readonly #shares: BudgetShares;
  #tokens: number;
  #reserved = 0;
  #refilledAt: number | undefined;
  #rate = FIRST_RATE;

  constructor(shares: BudgetShares) {
    this.#shares = shares;
    this.#tokens = KEPT * shares.host;
  }

  /** Time has passed. */
  refill(uptime: number): void {
    const passed = Math.max(0, uptime - (this.#refilledAt ?? uptime));
    this.#refilledAt = uptime;
    this.#reserved = 0;
    this.#tokens = Math.min(KEPT * this.#shares.host, this.#tokens + passed * this.#shares.host);
  }

  /** May it be read now? If so, what that is likely to cost is set aside. */
  allows(candidate: Candidate, uptime: number): boolean {
    const { urgency, startedAt, rss, last } = candidate;
    const likely = LEAST + rss * this.#rate;
    if (urgency !== 'act') {
      // Since the last reading, or since it began to live: a start in clock ticks may lie a little in the future.
      const waited = Math.max(0, uptime - (last?.at ?? startedAt));
      if (waited < (last?.took ?? likely) / this.#shares.process) return false;
      if (this.#left(urgency) <= 0) return false;
    }
    this.#reserved += likely;
    return true;
  }

  #left(urgency: Urgency): number {
    if (this.#shares.host === Number.POSITIVE_INFINITY) return this.#shares.host;
    return this.#tokens - this.#reserved - RESERVE[urgency] * KEPT * this.#shares.host;
  }

  /** A reading of `rss` bytes took `ms`. */
  spend(ms: number, rss: number): void {
    this.#tokens -= ms;
    if (rss >= TELLING) this.#rate += SMOOTHING * (ms / rss - this.#rate);
  }

  /** What was set aside has been spent. */
  endRound(): void {
    this.#reserved = 0;
  }
}
