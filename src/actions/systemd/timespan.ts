/** ms; a month and a year as in systemd.time(7). */
const UNITS: Readonly<Record<string, number>> = {
  us: 1e-3,
  ms: 1,
  s: 1e3,
  min: 6e4,
  h: 3.6e6,
  d: 8.64e7,
  w: 6.048e8,
  month: 2.6298e9,
  y: 3.15576e10,
};

/** Reads a time span as systemd prints it: `1min 30s`, `100ms`, `infinity`. @returns ms. */
export function parseTimespan(text: string): number {
  if (text === 'infinity') return Number.POSITIVE_INFINITY;
  let total = 0;
  for (const [, number, unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/g))
    total += Number(number) * (UNITS[unit] ?? 0);
  return total;
}
