/**
 * InfluxDB's line protocol (docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol): `measurement,tag=value
 * field=value timestamp`. In tags a comma, an equals sign and a blank get a backslash; a backslash itself can't be escaped
 * there, and one at the end would swallow the comma behind it. In texts a backslash and a quote are escaped.
 */

import { clip, escapeControls } from '../../core/escape.ts';

/** Tags by name; those without a text are left out, as the protocol knows no empty ones. */
export type Tags = Readonly<Record<string, string | undefined>>;
/** Fields by name, as `whole`, `real`, `text` and `flag` write them; those that are not known are left out. */
export type Fields = Readonly<Record<string, string | undefined>>;

/** A point: measurement, tags and fields at a moment (Unix ms). */
export interface Point {
  readonly measurement: string;
  readonly tags: Tags;
  readonly fields: Fields;
  readonly time: number;
  /** Nanoseconds to add: two points with the same tags and the same time would be one. */
  readonly nth?: number;
}

/** Longest tag and text, characters: InfluxDB 1 takes 64 KiB for a whole key. */
const LONGEST_TAG = 200;
const LONGEST_TEXT = 4_000;

/** One line with its line feed; empty without a field, as the protocol knows no such point. */
export function lineOf({ measurement, tags, fields, time, nth = 0 }: Point): string {
  const written = pairs(fields);
  if (written.length === 0) return '';
  const key = [measurement, ...tagPairs(tags)].join(',');
  return `${key} ${written.join(',')} ${Math.round(time)}${String(nth % 1e6).padStart(6, '0')}\n`;
}

/** A whole number: `12i`. Undefined where it is none, or not known. */
export function whole(value: number | undefined): string | undefined {
  return value === undefined || !Number.isFinite(value) ? undefined : `${Math.round(value)}i`;
}

/** A number with a fraction. InfluxDB takes what JavaScript writes; there is neither NaN nor infinity. */
export function real(value: number | undefined): string | undefined {
  return value === undefined || !Number.isFinite(value) ? undefined : String(value);
}

/** A text, on one line whatever it holds. */
export function text(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  return `"${clip(escapeControls(value), LONGEST_TEXT).replaceAll(/["\\]/g, '\\$&')}"`;
}

/** Yes or no. */
export function flag(value: boolean): string {
  return value ? 'true' : 'false';
}

function pairs(values: Fields): string[] {
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
}

/** Sorted by name, which spares the server that. */
function tagPairs(tags: Tags): string[] {
  return Object.entries(tags)
    .flatMap(([name, value]) => (value ? [`${escapeTag(name)}=${escapeTag(tagText(value))}`] : []))
    .sort();
}

/** Controls, line separators, what turns the writing direction, lone surrogates; the backslash; and the sign that stands for them. */
const NOT_IN_TAGS = /[\\%\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A tag as it will be found in the database: what no tag can hold stands there as `%0A`, as in an address. */
export function tagText(value: string): string {
  return clip(value, LONGEST_TAG).replaceAll(NOT_IN_TAGS, (found) =>
    Array.from(Buffer.from(found), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}

function escapeTag(value: string): string {
  return value.replaceAll(/[,= ]/g, '\\$&');
}
