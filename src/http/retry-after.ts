/** A receiver that asks for more patience than this gets no more. */
const LONGEST = 24 * 3_600_000;

/**
 * Reads Retry-After (RFC 9110, 10.2.3): seconds, or a date.
 * @param now Unix ms. @returns ms to wait, at most a day; undefined when it says nothing.
 */
export function readRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(0, wait), LONGEST);
}
