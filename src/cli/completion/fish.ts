import type { Command } from '../command.ts';
import type { OptionSpec } from '../options.ts';
import { type Offer, operandsOf, optionsOf, valuesOf } from './words.ts';

/** The completion script for fish. */
export function fish(commands: readonly Command[]): string {
  const names = commands.map(
    ({ name, summary }) => `complete -c psstop -n '__psstop_words 1' -f -a ${name} -d ${quote(summary)}`,
  );
  const options = commands.flatMap((one) => optionsOf(one).map((spec) => option(one.name, spec)));
  const operands = commands.flatMap((one) => operand(one.name, operandsOf(one, commands)));
  return `# fish completion for psstop
# So many words stand before the one that is completed.
function __psstop_words
  test (count (commandline -opc)) -eq $argv[1]
end
# That is the command: it stands first, or it is list.
function __psstop_command
  set -l words (commandline -opc) list
  string match -q -- '-*' $words[2]; and set words[2] list
  test $words[2] = $argv[1]
end
${[...names, ...options, ...operands].join('\n')}
complete -c smartpsstop -w psstop
`;
}

function option(command: string, spec: OptionSpec): string {
  const { name, short, summary } = spec;
  const letter = short ? ` -s ${short}` : '';
  return `complete -c psstop ${when(command)} -l ${name}${letter}${value(valuesOf(spec))} -d ${quote(summary)}`;
}

function value(offer: Offer | undefined): string {
  if (offer === undefined) return '';
  if (typeof offer === 'string') return offer === 'files' ? ' -r -F' : " -x -a '(__fish_complete_directories)'";
  return offer.length > 0 ? ` -x -a ${quote(offer.join(' '))}` : ' -x';
}

/** fish completes files as operands unless it is told not to. */
function operand(command: string, offer: Offer): string[] {
  if (typeof offer === 'string') return [];
  const none = `complete -c psstop ${when(command)} -f`;
  return offer.length > 0
    ? [none, `complete -c psstop ${when(command, '; and __psstop_words 2')} -f -a ${quote(offer.join(' '))}`]
    : [none];
}

function when(command: string, more = ''): string {
  return `-n '__psstop_command ${command}${more}'`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
