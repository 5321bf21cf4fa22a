import { parseArgs } from 'node:util';
import { messageOf } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import { UsageError } from './world.ts';

/** One option. Help, manual page and completion are made from the same table that the command line is read by. */
export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  /** What stands for its value in help; absent: the option has none. */
  readonly value?: string;
  /** May be given more than once. */
  readonly many?: true;
  /** The values it can have. */
  readonly choices?: readonly string[];
  /** May stand in the environment as PSSTOP_NAME. */
  readonly env?: true;
  readonly summary: string;
}

/** What was given on a command line. */
export interface Given {
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly operands: readonly string[];
}

/** Options that every command has. */
export const COMMON: readonly OptionSpec[] = [
  { name: 'help', short: 'h', summary: 'show this help' },
  {
    name: 'color',
    value: 'WHEN',
    choices: ['auto', 'always', 'never'],
    env: true,
    summary: 'colour the output: auto, always or never (NO_COLOR is heeded)',
  },
];

/** Reads arguments by a table. @throws UsageError naming what is wrong and the nearest right word. */
export function readOptions(args: readonly string[], specs: readonly OptionSpec[], env: NodeJS.ProcessEnv): Given {
  const options = Object.fromEntries(specs.map((spec) => [spec.name, toParseArgs(spec)]));
  const { values, positionals } = parse(args.map(hidePeriod), options, specs);
  const all: Record<string, Given['values'][string]> = { ...values };
  for (const spec of specs) {
    const fromEnv = spec.env ? env[variableOf(spec)] : undefined;
    if (fromEnv && all[spec.name] === undefined) all[spec.name] = spec.many ? fromEnv.split(':') : fromEnv;
    checkChoice(spec, all[spec.name]);
  }
  return { values: all, operands: positionals.map(showPeriod) };
}

/** A period such as `-2d..-1d` is no option, though it begins like one: until the options are read it stands behind this. */
const NO_OPTION = '\0';

function hidePeriod(arg: string): string {
  return /^-\d[^=]*\.\./.test(arg) ? `${NO_OPTION}${arg}` : arg;
}

function showPeriod(arg: string): string {
  return arg.startsWith(NO_OPTION) ? arg.slice(NO_OPTION.length) : arg;
}

/** The variable that an option may stand in. */
export function variableOf({ name }: OptionSpec): string {
  return `PSSTOP_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** An option's value as text, where it was given. */
export function textOf({ values }: Given, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** All values of an option that may be given more than once. */
export function textsOf({ values }: Given, name: string): readonly string[] {
  const value = values[name];
  return Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
}

/** An option's value read by one of core/units' readers. @throws UsageError naming the option. */
export function readOf<T>(given: Given, name: string, read: (text: string) => T): T | undefined {
  const text = textOf(given, name);
  if (text === undefined) return undefined;
  try {
    return read(text);
  } catch (error) {
    throw new UsageError(`--${name}: ${messageOf(error)}`);
  }
}

function toParseArgs({ short, value, many }: OptionSpec) {
  return { type: value ? ('string' as const) : ('boolean' as const), multiple: many ?? false, ...(short && { short }) };
}

function parse(
  args: readonly string[],
  options: Record<string, ReturnType<typeof toParseArgs>>,
  specs: readonly OptionSpec[],
): { values: Given['values']; positionals: readonly string[] } {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true }) as ReturnType<typeof parse>;
  } catch (error) {
    const message = messageOf(error);
    throw new UsageError(explain(message, specs));
  }
}

/** Says what parseArgs found, in the words of the table. */
function explain(message: string, specs: readonly OptionSpec[]): string {
  const [, written = '', name = ''] = /'(--?([^' ,]+))/.exec(message) ?? [];
  const spec = specs.find((one) => one.name === name || one.short === name);
  if (spec?.value && /missing|ambiguous/.test(message)) {
    return `${written} needs a value: --${spec.name}=${spec.value}`;
  }
  if (!message.startsWith('Unknown option')) return message.replace(/\. .*$/s, '');
  const near = nearest(
    name,
    specs.map((one) => one.name),
  );
  return `unknown option ${written}${near ? `: did you mean --${near}?` : ''}`;
}

function checkChoice({ name, choices }: OptionSpec, value: unknown): void {
  if (choices === undefined || typeof value !== 'string' || choices.includes(value)) return;
  const near = nearest(value, choices);
  throw new UsageError(`--${name}: "${value}" is not ${choices.join(', ')}${near ? `: did you mean ${near}?` : ''}`);
}
