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

/** For how long one process may be read, ms: moved on by the budget, kept with the process. */
export interface Account {
  balance: number;
  /** Uptime at which that was so. */
  at: number;
}

/** Of a process that was never read. */
export function fullAccount(): Account {
  return { balance: Number.POSITIVE_INFINITY, at: 0 };
}

/** Whoever is to be read, as far as the budget cares. */
export interface Candidate {
  readonly urgency: Urgency;
  /** Bytes that are resident: they are what a walk costs. */
  readonly rss: number;
  readonly account: Account;
}

/**
 * The shares of so much time are kept when they are not spent, of each process and of the host, ms: what grows into its limit within
 * seconds is to be read twice at once, to be sure, and a reading that decides must not wait because there was one before it.
 */
const KEPT = 20_000;
/** What must be left, as a share of that. Readings that can wait leave some to those that decide, which may borrow as much again: no history and no view ever holds up a decision. */
const RESERVE: Readonly<Record<Urgency, number>> = {
  act: Number.NEGATIVE_INFINITY,
  decide: -1,
  follow: -0.5,
  series: 0.25,
  show: 0.5,
};
/** A walk costs 6 to 20 ms for each GiB, until it is known better; and something with no memory at all. */
const FIRST_RATE = 20 / 2 ** 30;
const FIRST_LEAST = 0.03;
/** Smaller ones say more of the system call than of the walk. */
const TELLING = 4 * 2 ** 20;
const SMOOTHING = 0.05;

/**
 * Sees to it that no process is read for more than its share of time, and that all readings together take no more than theirs
 * of a CPU: token buckets that may run into debt, so that a walk longer than the bucket is made in the end. What
 * is done to a process is never done on less than a reading: `act` is charged and not refused.
 */
export class Budget {
  readonly #shares: BudgetShares;
  #tokens: number;
  #reserved = 0;
  #refilledAt: number | undefined;
  #rate = FIRST_RATE;
  #least = FIRST_LEAST;
  /** Since the last round, ms of wall time; and the reader's CPU time then. */
  #walls = 0;
  #cpu = 0;

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
    const { urgency, rss, account } = candidate;
    const likely = this.#least + rss * this.#rate;
    // Who is followed is to be read once more when it counts.
    const needed = urgency === 'follow' ? 2 * likely : likely;
    const covered = this.#balance(account, uptime) >= Math.min(needed, KEPT * this.#shares.process);
    if (urgency !== 'act' && (!covered || this.#left(urgency) <= 0)) return false;
    this.#reserved += likely;
    return true;
  }

  #balance(account: Account, uptime: number): number {
    const { process } = this.#shares;
    if (process === Number.POSITIVE_INFINITY) return process;
    const passed = Math.max(0, uptime - account.at);
    account.balance = Math.min(KEPT * process, account.balance + passed * process);
    account.at = uptime;
    return account.balance;
  }

  #left(urgency: Urgency): number {
    if (this.#shares.host === Number.POSITIVE_INFINITY) return this.#shares.host;
    return this.#tokens - this.#reserved - RESERVE[urgency] * KEPT * this.#shares.host;
  }

  /** A reading took `ms` of wall time: so long the process may have had to wait. @param rss bytes that were walked; absent: none were, which tells nothing of other readings. */
  spend(ms: number, { rss, account }: { rss?: number | undefined; account?: Account | undefined }): void {
    this.#walls += ms;
    if (account) account.balance = Math.min(KEPT * this.#shares.process, account.balance) - ms;
    if (rss === undefined) return;
    if (rss >= TELLING) this.#rate += SMOOTHING * (ms / rss - this.#rate);
    else this.#least += SMOOTHING * (ms - this.#least);
  }

  /**
   * What was set aside has been spent. The host is charged for CPU time, as on a busy one a reading takes longer than it works; what
   * the reader used beside its readings, as when it was started, is not theirs. @param cpu CPU time of the readers so far, ms.
   */
  endRound(cpu: number): void {
    this.#tokens -= Math.min(this.#walls, Math.max(0, cpu - this.#cpu));
    this.#cpu = cpu;
    this.#walls = 0;
    this.#reserved = 0;
  }
}
