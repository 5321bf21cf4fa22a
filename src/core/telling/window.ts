import { wallTime } from './zone.ts';

/** A stretch of the day, on some days of the week, by the clock on the wall of a zone. */
export interface TimeWindow {
  /** Days on which it begins, 0 is Sunday. */
  readonly days: readonly number[];
  /** Minutes after midnight. When `to` is not later than `from`, it ends on the next day. */
  readonly from: number;
  readonly to: number;
  readonly zone: string;
}

/** The names of the days as they are written; the index is the number of the day. */
export const DAY_NAMES: readonly string[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const DAY = 86_400_000;
const MINUTE = 60_000;

/**
 * Whether a moment lies in a window. What counts is what the clock shows: a night in which it is put back is an hour longer,
 * and a window that lies in the hour that is left out does not open that day.
 */
export function isOpen({ days, from, to, zone }: TimeWindow, time: number): boolean {
  const wall = wallTime(zone, time);
  const minute = Math.floor((((wall % DAY) + DAY) % DAY) / MINUTE);
  const today = new Date(wall).getUTCDay();
  if (from < to) return days.includes(today) && minute >= from && minute < to;
  const yesterday = (today + 6) % 7;
  return (days.includes(today) && minute >= from) || (days.includes(yesterday) && minute < to);
}

/** Reads `mon-fri`, `sat` or `fri-mon`. @throws Error saying what to write. */
export function parseDays(text: string): number[] {
  const [first = '', last = first, ...rest] = text.trim().toLowerCase().split('-');
  const [from, to] = [DAY_NAMES.indexOf(first), DAY_NAMES.indexOf(last)];
  if (from < 0 || to < 0 || rest.length > 0) throw new Error(`"${text}" names no days: write mon-fri or sat`);
  const count = ((to - from + 7) % 7) + 1;
  return Array.from({ length: count }, (_, index) => (from + index) % 7);
}

/** Reads `08:30` as minutes after midnight; `24:00` is the end of the day. @throws Error saying what to write. */
export function parseClock(text: string): number {
  const [, hours, minutes] = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text.trim()) ?? [];
  const read = Number(hours) * 60 + Number(minutes);
  if (!(read <= 24 * 60)) throw new Error(`"${text}" is no time of the day: write 08:30, from 00:00 to 24:00`);
  return read;
}
