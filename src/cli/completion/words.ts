import type { Command } from '../command.ts';
import { COMMON, type OptionSpec } from '../options.ts';

/** What a shell is to offer in some place: files, folders, or these words; no words where anything may stand. */
export type Offer = 'files' | 'folders' | readonly string[];

/** By the word that stands for it in help. */
const PLACES: Readonly<Record<string, Offer>> = { FILE: 'files', PATH: 'files', RULES: 'files', DIR: 'folders' };

/** All options that a command takes. */
export function optionsOf({ options }: Command): readonly OptionSpec[] {
  return [...options, ...COMMON];
}

/** What can stand behind an option; undefined when nothing does. */
export function valuesOf({ value, choices }: OptionSpec): Offer | undefined {
  return value === undefined ? undefined : (choices ?? PLACES[value] ?? []);
}

/** What can stand as a command's operand: `bash|zsh|fish`, `[COMMAND]`, `[RULES]…`. */
export function operandsOf({ operands = '' }: Command, commands: readonly Command[]): Offer {
  if (operands === '[COMMAND]') return commands.map(({ name }) => name);
  return operands.includes('|') ? operands.split('|') : (PLACES[operands.replaceAll(/\W/g, '')] ?? []);
}

/** Both ways to write an option. */
export function flagsOf({ name, short }: OptionSpec): readonly string[] {
  return [`--${name}`, ...(short ? [`-${short}`] : [])];
}
