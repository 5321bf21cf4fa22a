import type { Command } from '../command.ts';
import type { OptionSpec } from '../options.ts';
import { operandsOf, optionsOf, withoutCommand } from './words.ts';

/** The completion script for zsh, to be sourced, or to stand in $fpath as _psstop. */
export function zsh(commands: readonly Command[]): string {
  const described = commands.map(({ name, summary }) => `    '${name}:${quote(summary)}'`);
  const list = withoutCommand(commands);
  return `#compdef psstop smartpsstop
_psstop() {
  local -a commands
  commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then _describe command commands; return; fi
  case $words[2] in
${commands.map((one) => `    ${one.name}) _arguments ${specs(one)} ${operands(one, commands)} ;;`).join('\n')}
    *) _arguments ${list ? specs(list) : ''} ;;
  esac
}
if [[ $funcstack[1] == _psstop ]]; then _psstop "$@"; else compdef _psstop psstop smartpsstop; fi
`;
}

function specs(command: Command): string {
  return optionsOf(command).map(option).join(' ');
}

/** `'(-p --name)'{-p+,--name=}'[what it does]:NAME:_files'` */
function option({ name, short, value, choices, summary, many }: OptionSpec): string {
  const action = choices ? `:${name}:(${choices.join(' ')})` : value ? `:${value.replace(':', '\\:')}:_files` : '';
  const text = `'[${quote(summary)}]${action}'`;
  const long = value ? `--${name}=` : `--${name}`;
  if (short === undefined) return `${many ? "'*'" : ''}${long}${text}`;
  return `${many ? "'*'" : `'(-${short} --${name})'`}{-${short}${value ? '+' : ''},${long}}${text}`;
}

function operands(command: Command, commands: readonly Command[]): string {
  const words = operandsOf(command, commands);
  // The command itself stands where the first operand is looked for.
  return words.length > 0 ? `'2:operand:(${words.join(' ')})'` : "'*:file:_files'";
}

function quote(text: string): string {
  return text.replaceAll("'", "'\\''").replaceAll(/[[\]:]/g, '\\$&');
}
