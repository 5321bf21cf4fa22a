/** A series that had nothing for so long makes room for another, ms. */
const FORGOTTEN = 24 * 3_600_000;

/**
 * Bounds how many series a sink begins, as each one costs the database memory for good: names come and go, and strangers choose
 * them.
 */
export interface SeriesBook {
  /** Whether a series may be written at this uptime (ms): it is known, or there is room. */
  admit(key: string, uptime: number): boolean;
}

/** @param full called once when there is no room any more, and again when that has been so anew. */
export function seriesBook(most: number, full: () => void): SeriesBook {
  const seen = new Map<string, number>();
  let told = false;
  const forget = (uptime: number): void => {
    for (const [key, at] of seen) {
      if (uptime - at > FORGOTTEN) seen.delete(key);
    }
  };
  return {
    admit(key, uptime) {
      if (!seen.has(key) && seen.size >= most) {
        forget(uptime);
        if (seen.size >= most) {
          if (!told) full();
          told = true;
          return false;
        }
        told = false;
      }
      seen.set(key, uptime);
      return true;
    },
  };
}
