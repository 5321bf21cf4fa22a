/** A snapshot that comes this much early is taken for the one that is due, ms: those of a timer come now a little before, now after. */
const EARLY = 100;

/** Says which snapshots are due, by their uptime. @param every ms. */
export function dueEach(every: number): (uptime: number) => boolean {
  let due = Number.NEGATIVE_INFINITY;
  return (uptime) => {
    if (uptime < due - Math.min(EARLY, every / 10)) return false;
    due = uptime + every;
    return true;
  };
}
