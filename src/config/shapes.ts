import type { JsonSchema, Severity, Unit } from '../core/types.ts';
import { oneOf } from './definitions.ts';

/** One schema for each property, so that a property added to a type can't be forgotten here. */
type Properties<T> = { readonly [K in keyof Required<T>]: JsonSchema };
type Optional<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/** Any text. */
export const text: JsonSchema = { type: 'string' };
/** Any number. */
export const number: JsonSchema = { type: 'number' };
/** A whole number from 0 on. */
export const count: JsonSchema = { type: 'integer', minimum: 0 };
/** A size. */
export const bytes: JsonSchema = { type: 'number', description: 'Bytes.' };
/** A duration. */
export const ms: JsonSchema = { type: 'number', description: 'Milliseconds.' };
/** A moment since boot. */
export const uptime: JsonSchema = { type: 'number', description: 'Milliseconds since boot.' };
/** A moment of the calendar. */
export const unixTime: JsonSchema = { type: 'number', description: 'Unix time in ms.' };
/** How bad something is. */
export const severity: JsonSchema = oneOf<Severity>({ info: 1, warning: 1, critical: 1 });
/** What a value is counted in. */
export const unit: JsonSchema = oneOf<Unit>({ bytes: 1, 'bytes/s': 1, 'ratio/s': 1, count: 1, duration: 1, ratio: 1 });
/** A text that strangers wrote, or wrote a part of. */
export const stranger: JsonSchema = {
  type: 'string',
  description: 'Written by strangers: escape it before showing it.',
};

/** Receivers must put up with keys that a later version adds, so no key is refused for being unknown. */
export function record<T>(properties: Properties<T>, optional: readonly Optional<T>[] = []): JsonSchema {
  const required = Object.keys(properties).filter((key) => !(optional as readonly unknown[]).includes(key));
  return { type: 'object', properties, required };
}

/** What the user writes: a key that is not known is a mistake. */
export function closed(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties, additionalProperties: false };
}

/** One key out of those given: a mistake in its options then gives one error, where `oneOf` gives ten. */
export function oneKey(properties: Readonly<Record<string, JsonSchema>>, description: string): JsonSchema {
  return { description, ...closed(properties), minProperties: 1, maxProperties: 1 };
}
