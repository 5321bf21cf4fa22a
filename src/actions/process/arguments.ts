import { isAbsolute } from 'node:path';
import { OptionError } from '../../core/errors.ts';
import type { AlertEvent } from '../../core/types.ts';
import { readTemplate } from '../options/read.ts';
import { clean } from './environment.ts';

/** A program and its arguments, ready to be filled in for an event. */
export interface Arguments {
  readonly program: string;
  /** @throws Error when what a stranger wrote would be read as an option. */
  fill(event: AlertEvent): string[];
}

/**
 * Compiles a list of arguments. `{{…}}` may stand in each but the first: strangers do not choose the program, and an argument
 * that begins with what they wrote may not begin with a dash.
 */
export function compileArguments(path: readonly (string | number)[], list: readonly string[]): Arguments {
  const [program = '', ...rest] = list;
  const wrong = (message: string): OptionError => new OptionError([...path, 0], message);
  if (program === '') throw wrong('the program is missing: write its path');
  if (program.includes('{{')) throw wrong('the program itself can not be filled in: write its path');
  if (!isAbsolute(program) && program.includes('/')) throw wrong(`"${program}" is not an absolute path`);
  const nul = list.findIndex((argument) => argument.includes('\0'));
  if (nul >= 0) throw new OptionError([...path, nul], 'no argument can hold a NUL character');
  const fillers = rest.map((text, index) => compileOne([...path, index + 1], text));
  return { program, fill: (event) => fillers.map((filler) => filler(event)) };
}

function compileOne(path: readonly (string | number)[], text: string): (event: AlertEvent) => string {
  if (!text.includes('{{')) return () => text;
  const template = readTemplate(path, text);
  const strangersFirst = text.startsWith('{{');
  return (event) => {
    const filled = clean(template(event));
    if (strangersFirst && filled.startsWith('-')) {
      throw new Error(`"${text}" became "${filled}", which the program would read as an option: write --name=${text}`);
    }
    return filled;
  };
}
