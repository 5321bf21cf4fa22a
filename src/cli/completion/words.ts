import type { Command } from '../command.ts';
import { COMMON, type OptionSpec } from '../options.ts';

/** All options that a command takes. */
export function optionsOf({ options }: Command): readonly OptionSpec[] {
  return [...options, ...COMMON];
}

/** The words that can stand as a command's operand, as far as they are known beforehand: `bash|zsh|fish`, or a command. */
export function operandsOf({ operands = '' }: Command, commands: readonly Command[]): readonly string[] {
  if (operands === '[COMMAND]') return commands.map(({ name }) => name);
  return operands.includes('|') ? operands.split('|') : [];
}

/** What is done without a command. */
export function withoutCommand(commands: readonly Command[]): Command | undefined {
  return commands.find(({ name }) => name === 'list');
}
