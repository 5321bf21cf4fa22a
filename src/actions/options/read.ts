import { OptionError, readOption } from '../../core/errors.ts';
import { compileMessage } from '../../core/message.ts';
import type { MessageTemplate } from '../../core/types.ts';
import { parseDuration, parseSize } from '../../core/units.ts';

/** How an option is found: its name, and the name of the option it stands in. */
type Path = readonly (string | number)[];

/** Reads a duration. @returns ms. @throws OptionError that names the option. */
export function readDuration(path: Path, text: string): number {
  return readOption(path, () => parseDuration(text));
}

/** Reads a size. @returns bytes. @throws OptionError that names the option. */
export function readSize(path: Path, text: string): number {
  return readOption(path, () => parseSize(text));
}

/** Compiles a text with `{{…}}` in it. @throws OptionError that names the option. */
export function readTemplate(path: Path, text: string): MessageTemplate {
  return readOption(path, () => compileMessage(text));
}

/** Takes an option that may come from `defaults:` and therefore can't be required by the schema. */
export function required<T>(path: Path, value: T | undefined, example: string): T {
  if (value === undefined) throw new OptionError(path, `missing: write ${example}, here or under defaults:`);
  return value;
}

/** One value or a list of them, as a list. */
export function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as T];
}
