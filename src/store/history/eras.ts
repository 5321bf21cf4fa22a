import type { Snapshot } from '../../core/types.ts';
import type { Database } from '../database.ts';
import type { Row } from '../driver.ts';

/**
 * A boot. History has a time of its own, in ms: it goes with the uptime, never jumps when a clock is set, and goes on from one boot to
 * the next. `base` is what is to be added to an uptime for it, `clock` for Unix time, by the clock as it was seen last.
 */
export interface Era {
  readonly id: number;
  readonly boot: string;
  readonly host: string;
  readonly base: number;
  clock: number;
}

/** An era as it is stored, with the last time of history that was kept in it. */
export interface KeptEra extends Era {
  readonly last: number;
}

/** Time in which the machine was off counts at most so much, ms: were its clock set to another year, all of history would be too old at once. */
const LONGEST_GAP = 86_400_000;
/** A clock that is off by less is as it was, ms. */
const CLOCK_SLACK = 1_000;

/** The era of a snapshot: the one that is stored, or the next. */
export function eraOf(database: Database, { boot, host, time, uptime }: Snapshot): Era {
  const [row] = database.prepare('SELECT * FROM eras ORDER BY id DESC LIMIT 1').all();
  const clock = Math.round(time - uptime);
  if (row === undefined) return { id: 1, boot, host, base: clock, clock };
  const before = toEra(row);
  const last = Number(row.last);
  // A boot id that comes again with less uptime than there was is of a machine that was set back.
  if (before.boot === boot && uptime + before.base >= last) return before;
  const gap = Math.min(Math.max(0, time - unixOf(before, last)), LONGEST_GAP);
  return { id: before.id + 1, boot, host, base: Math.round(last + gap - uptime), clock };
}

/** Notes that the clock was set. @returns whether it was. */
export function seeClock(era: Era, { time, uptime }: Snapshot): void {
  const clock = Math.round(time - uptime);
  if (Math.abs(clock - era.clock) > CLOCK_SLACK) era.clock = clock;
}

/** Keeps an era and how far it has come. */
export function keepEra(database: Database, { id, boot, host, base, clock }: Era, last: number): void {
  database.prepare('INSERT OR REPLACE INTO eras VALUES (?, ?, ?, ?, ?, ?)').run(id, boot, host, base, clock, last);
}

/** All of them, by id. */
export function allEras(database: Database): Map<number, KeptEra> {
  const rows = database.prepare('SELECT * FROM eras ORDER BY id').all();
  return new Map(rows.map((row) => [Number(row.id), { ...toEra(row), last: Number(row.last) }]));
}

/** Unix time of a time of history. */
export function unixOf({ base, clock }: Era, at: number): number {
  return at - base + clock;
}

/** Uptime of a time of history. */
export function uptimeOf({ base }: Era, at: number): number {
  return at - base;
}

function toEra({ id, boot, host, base, clock }: Row): Era {
  return { id: Number(id), boot: String(boot), host: String(host), base: Number(base), clock: Number(clock) };
}
