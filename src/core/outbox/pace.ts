/** How trying again is paced; all in ms. */
export interface Pace {
  /** The first pause; each further one is twice as long. */
  readonly first: number;
  readonly longest: number;
  /** Given up when it would go on after this. */
  readonly giveUpAfter: number;
  /** A receiver that has been down for so long is replaced by its fallback, where it has one. */
  readonly fallBackAfter: number;
}

const HOUR = 3_600_000;

/** What tells somebody is tried for three days: a receiver may be down over a weekend. */
export const TELL_PACE: Pace = { first: 1_000, longest: 300_000, giveUpAfter: 72 * HOUR, fallBackAfter: 300_000 };

/** What acts on a process is tried for an hour: later it would be another process's turn. */
export const ACT_PACE: Pace = { ...TELL_PACE, giveUpAfter: HOUR };

/** Pauses vary by this share, so that what failed together does not come back together. */
const JITTER = 0.2;

/** The pause after so many failures, ms. @param chance from 0 to 1. */
export function backOff(failures: number, { first, longest }: Pick<Pace, 'first' | 'longest'>, chance: number): number {
  // 2 ** 1024 is no number any more.
  const doubled = first * 2 ** Math.min(failures - 1, 50);
  return Math.min(longest, doubled) * (1 + JITTER * (2 * chance - 1));
}
