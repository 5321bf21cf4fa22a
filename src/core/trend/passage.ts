/**
 * After how many buckets it is as likely as not that a peak has reached the ceiling: each peak is as far from the rising
 * line as one of the past was, all of these being as likely. `above` holds where the line would stand now if it went
 * through one past peak or another, sorted; `rise` is what it rises by in a bucket, above 0. 0 when all of them are there.
 */
export function passage(above: Float64Array, { ceiling, rise }: { ceiling: number; rise: number }): number {
  const count = above.length;
  const reaching = (place: number): number => Math.max(0, (ceiling - (above[place] ?? 0)) / rise);
  let time = reaching(count - 1);
  let risk = 0;
  for (let over = 1; over < count; over += 1) {
    // Until the next one gets there too, so many of the past peaks would do: the risk of a bucket.
    const perBucket = -Math.log1p(-over / count);
    const next = reaching(count - 1 - over);
    const end = time + (EVEN - risk) / perBucket;
    if (end <= next) return end;
    risk += perBucket * (next - time);
    time = next;
  }
  return time;
}

/** The risk, summed up, at which it is as likely as not. */
const EVEN = Math.LN2;
