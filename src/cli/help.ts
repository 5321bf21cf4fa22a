import type { Command } from './command.ts';
import { COMMON, type OptionSpec, variableOf } from './options.ts';

/** How a command is called. */
function usageOf({ name, operands }: Command): string {
  const call = name === 'list' ? 'psstop [list]' : `psstop ${name}`;
  return [call, '[OPTION]…', operands].filter((part) => part !== undefined).join(' ');
}

/** An option as it is written: `-p, --name NAME`. */
export function optionSyntax({ short, name, value }: OptionSpec): string {
  return `${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`;
}

/** What an option does, with the variable that it may stand in. */
export function optionSummary(spec: OptionSpec): string {
  return spec.env ? `${spec.summary} [${variableOf(spec)}]` : spec.summary;
}

/** The help of one command. */
export function helpOf(command: Command): string {
  const options = [...command.options, ...COMMON].map((spec) => [`  ${optionSyntax(spec)}`, optionSummary(spec)]);
  const examples = (command.examples ?? []).map(([line, does]) => [`  ${line}`, does]);
  const parts = [
    `Usage: ${usageOf(command)}`,
    `${sentence(command.summary)}`,
    ...(command.about ?? []),
    `Options:\n${columns(options)}`,
    ...(examples.length > 0 ? [`Examples:\n${columns(examples)}`] : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The help of psstop: the commands, then the options of the list, which is what it does without a command. */
export function overview(commands: readonly Command[]): string {
  const list = commands.find(({ name }) => name === 'list');
  const table = columns(commands.map(({ name, summary }) => [`  ${name}`, summary]));
  const head = `psstop: a memory watchdog that judges processes by PSS\n\nUsage: psstop [COMMAND] [OPTION]…\n`;
  const rest = list
    ? helpOf(list)
        .replace(/^Usage: .*\n/, 'Without a command:')
        .replace(/^(.*:)\n\n/, '$1 ')
    : '';
  return `${head}\nCommands:\n${table}\n\n"psstop help COMMAND" tells more of each.\n\n${rest}`;
}

/** A summary as a sentence. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Two columns without titles. */
function columns(rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map(([first = '']) => first.length));
  return rows.map(([first = '', second = '']) => `${first.padEnd(width)}  ${second}`.trimEnd()).join('\n');
}
