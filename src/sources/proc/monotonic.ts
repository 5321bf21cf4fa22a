/** The monotonic clock in ms: the same for all processes of the machine, unlike performance.now(). Stands still in suspend. */
export function monotonic(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
