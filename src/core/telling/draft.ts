import { fingerprint } from '../fingerprint.ts';
import { parseDuration } from '../units.ts';
import { parseCron } from './cron.ts';
import type { Matcher, Silence } from './silence.ts';
import { wallTime } from './zone.ts';

/** Texts of a draft are no longer than this. */
const LONGEST = 500;
const MOST_LABELS = 20;

/** What somebody asks for, as it comes over the wire: all of it may be anything. */
type Draft = Readonly<Record<string, unknown>>;

const KEYS = ['author', 'reason', 'rule', 'target', 'labels', 'for', 'until', 'cron', 'zone', 'lasts', 'expire-unused'];

/** Makes a silence of a draft. @param time Unix ms. @throws Error saying what to write. */
export function readSilence(data: unknown, time: number): Silence {
  const draft = recordOf(data, 'a silence');
  const unknown = Object.keys(draft).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw new Error(`a silence has no "${unknown}": it has ${KEYS.join(' ')}`);
  const match = matcherOf(draft);
  const recurs = recurrenceOf(draft);
  const said = { author: needed(draft, 'author'), reason: needed(draft, 'reason'), created: time };
  const expireUnused = durationOf(draft, 'expire-unused');
  return {
    id: fingerprint(JSON.stringify([said, match, recurs, draft.until, draft.for])).slice(0, 8),
    ...said,
    match,
    until: endOf(draft, time),
    ...(recurs && { recurs }),
    ...(expireUnused !== undefined && { expireUnused }),
    usedAt: time,
  };
}

/** A text that has to be there. @throws Error */
export function needed(draft: Draft, key: string): string {
  const text = textOf(draft, key);
  if (text === undefined) throw new Error(`"${key}" is missing`);
  return text;
}

/** A text that may be there, not empty and not too long. @throws Error */
export function textOf(draft: Draft, key: string): string | undefined {
  const value = draft[key];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.trim() === '' || value.length > LONGEST) {
    throw new Error(`"${key}" must be a text of at most ${LONGEST} characters`);
  }
  return value;
}

/** A JSON object. @throws Error */
export function recordOf(data: unknown, what: string): Draft {
  if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data as Draft;
  throw new Error(`${what} must be a JSON object`);
}

function matcherOf(draft: Draft): Matcher {
  const rule = textOf(draft, 'rule');
  const target = textOf(draft, 'target');
  const labels = draft.labels === undefined ? {} : recordOf(draft.labels, '"labels"');
  const names = Object.keys(labels);
  if (names.length > MOST_LABELS) throw new Error(`at most ${MOST_LABELS} labels`);
  const globs = Object.fromEntries(names.map((name) => [name, needed(labels, name)]));
  if (rule === undefined && target === undefined && names.length === 0) {
    throw new Error('say what is silenced: a rule, a target or labels; rule "*" is everything');
  }
  return { ...(rule && { rule }), ...(target && { target }), ...(names.length > 0 && { labels: globs }) };
}

function recurrenceOf(draft: Draft): Silence['recurs'] {
  const cron = textOf(draft, 'cron');
  if (cron === undefined) {
    if (draft.zone !== undefined || draft.lasts !== undefined) throw new Error('zone and lasts go with cron');
    return undefined;
  }
  parseCron(cron);
  const zone = needed(draft, 'zone');
  try {
    wallTime(zone, 0);
  } catch {
    throw new Error(`there is no time zone "${zone}": write one such as Europe/Berlin`);
  }
  const lasts = durationOf(draft, 'lasts');
  if (!lasts) throw new Error('say how long it lasts each time: lasts: 1h');
  return { cron, zone, lasts };
}

function endOf(draft: Draft, time: number): Silence['until'] {
  const lasts = durationOf(draft, 'for');
  const until = textOf(draft, 'until');
  if (lasts !== undefined && until !== undefined) throw new Error('write for or until, not both');
  if (lasts !== undefined) return time + lasts;
  if (until === 'resolved') return until;
  if (until === undefined) {
    if (draft.cron !== undefined) return 'ended';
    throw new Error('say when it ends: for 2h, until a time, or until resolved');
  }
  // Without an offset it would depend on where it is read.
  const end = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(until)
    ? Date.parse(until)
    : Number.NaN;
  if (Number.isNaN(end)) throw new Error(`"${until}" is no time: write resolved, or 2026-07-06T18:00:00+02:00`);
  if (end <= time) throw new Error(`"${until}" is over`);
  return end;
}

function durationOf(draft: Draft, key: string): number | undefined {
  const text = textOf(draft, key);
  return text === undefined ? undefined : parseDuration(text);
}
