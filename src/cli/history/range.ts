import type { Range } from '../../core/history/read.ts';
import { parseDuration } from '../../core/units.ts';

/** ISO 8601: a day, or a moment. What has no zone is in the local one. */
const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

/** Reads a moment: `2026-11-01`, `2026-11-01T08:00Z`, `now`, `2h` or `-2h` (so long ago). @returns Unix ms. */
export function parseMoment(text: string, now: number): number {
  const trimmed = text.trim();
  if (trimmed === 'now') return now;
  if (ISO.test(trimmed)) {
    // A day alone would be taken for one in UTC.
    const time = Date.parse(trimmed.length === 10 ? `${trimmed}T00:00` : trimmed.replace(' ', 'T'));
    if (Number.isNaN(time)) throw new Error(`"${text}" is no moment: there is no such day or time`);
    return time;
  }
  if (/^\d{4}-/.test(trimmed)) throw new Error(`"${text}" is no moment: write 2026-11-01 or 2026-11-01T08:00`);
  return now - parseDuration(trimmed.replace(/^-\s*/, ''));
}

/** Reads a stretch of time: `7d` (the last seven days) or `FROM..TO`, of which one may be left out. */
export function parseRange(text: string, now: number): Range {
  const [from = '', to, ...more] = text.split('..');
  if (more.length > 0) throw new Error(`"${text}" is no stretch of time: write FROM..TO`);
  const since = from.trim() === '' ? undefined : parseMoment(from, now);
  const until = to === undefined || to.trim() === '' ? undefined : parseMoment(to, now);
  if (since === undefined && until === undefined) throw new Error('write 7d, or FROM..TO');
  if (since !== undefined && until !== undefined && since > until) throw new Error(`"${text}" ends before it begins`);
  return { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
}
