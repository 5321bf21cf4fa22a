import type { Command } from '../command.ts';
import type { OptionSpec } from '../options.ts';
import { operandsOf, optionsOf } from './words.ts';

/** The completion script for fish. */
export function fish(commands: readonly Command[]): string {
  const names = commands.map(
    ({ name, summary }) => `complete -c psstop -n __fish_use_subcommand -f -a ${name} -d ${quote(summary)}`,
  );
  const options = commands.flatMap((one) => optionsOf(one).map((spec) => option(one.name, spec)));
  const operands = commands.flatMap((one) => {
    const words = operandsOf(one, commands).join(' ');
    return words === '' ? [] : [`complete -c psstop -n ${after(one.name)} -f -a ${quote(words)}`];
  });
  const lines = [...names, ...options, ...operands, 'complete -c smartpsstop -w psstop'];
  return `# fish completion for psstop\n${lines.join('\n')}\n`;
}

function option(command: string, { name, short, value, choices, summary }: OptionSpec): string {
  const letter = short ? ` -s ${short}` : '';
  const words = choices ? ` -x -a ${quote(choices.join(' '))}` : value ? ' -r' : '';
  return `complete -c psstop -n ${after(command)} -l ${name}${letter}${words} -d ${quote(summary)}`;
}

/** The options of the list also stand without a command. */
function after(command: string): string {
  return `'__fish_seen_subcommand_from ${command}${command === 'list' ? '; or __fish_use_subcommand' : ''}'`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
