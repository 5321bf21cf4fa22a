/**
 * Wall clocks of time zones. `Intl` is part of the language and does no I/O: the answer depends on the zone and the moment
 * alone (and on the time zone data that Node carries). Zones are always named; what "here" means is settled outside of core.
 */

const DAY = 86_400_000;

/** One for each zone: making a formatter takes 1000 times as long as using it. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** What a clock on the wall shows in a zone, as the Unix ms at which a clock in UTC shows the same. @throws RangeError when there is no such zone. */
export function wallTime(zone: string, time: number): number {
  const fields: Record<string, number> = {};
  for (const { type, value } of formatterOf(zone).formatToParts(time)) fields[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((time % 1000) + 1000) % 1000);
}

/**
 * The moment at which the clock on the wall shows a time, which is given as by `wallTime`. Where the clock shows it twice
 * it is the first of both; where it is never shown, the moment as long after the gap begins as the time lies in it (the
 * disambiguation "compatible" of RFC 5545 and of ECMAScript's Temporal).
 */
export function instantOf(zone: string, wall: number): number {
  const [before, after] = [wall - DAY, wall + DAY].map((time) => wallTime(zone, time) - time) as [number, number];
  const candidates = [wall - before, wall - after].sort((a, b) => a - b);
  return candidates.find((time) => wallTime(zone, time) === wall) ?? wall - before;
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  formatters.set(zone, made);
  return made;
}
