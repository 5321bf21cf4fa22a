/** Two readings of one process or group, in part: bytes. */
export interface Shares {
  readonly pss: number;
  /** Private memory. */
  readonly uss: number;
  readonly rss: number;
}

/** By how much PSS moved between two readings, bytes, and why. */
export interface SharingShift {
  readonly total: number;
  /** What the process took itself, or gave back: private memory, and shared memory that it touched anew. */
  readonly own: number;
  /** What came and went because others share its pages, or no longer do. */
  readonly share: number;
}

/**
 * Splits a change of PSS. PSS is private memory plus a share of each page that others map too: share = (PSS - USS) of
 * RSS - USS resident shared bytes. What moved with RSS is the process's own doing, at the share that its shared pages had
 * before; what is left is the sharing: pages that passed from shared to private (a sibling ended) do not move RSS, and
 * count there. Own and share add up to the total.
 */
export function splitGrowth(before: Shares, after: Shares): SharingShift {
  const total = after.pss - before.pss;
  const taken = after.rss - before.rss;
  const shared = before.rss - before.uss;
  const portion = shared > 0 ? Math.min(1, Math.max(0, (before.pss - before.uss) / shared)) : 1;
  const grownPrivate = after.uss - before.uss;
  // Private memory that grew while RSS did not was shared before.
  const alone = clamp(grownPrivate, taken);
  const own = alone + portion * (taken - alone);
  return { total, own, share: total - own };
}

/** The part of `value` that lies between 0 and `bound`, whichever side of 0 that is on. */
function clamp(value: number, bound: number): number {
  return bound >= 0 ? Math.min(Math.max(value, 0), bound) : Math.max(Math.min(value, 0), bound);
}
