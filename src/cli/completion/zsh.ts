import type { Command } from '../command.ts';
import type { OptionSpec } from '../options.ts';
import { type Offer, operandsOf, optionsOf, valuesOf } from './words.ts';

/** The completion script for zsh, to be sourced, or to stand in $fpath as _psstop. */
export function zsh(commands: readonly Command[]): string {
  const described = commands.map(({ name, summary }) => `    '${name}:${quote(summary)}'`);
  return `#compdef psstop smartpsstop
_psstop() {
  local command=list
  local -a commands
  commands=(
${described.join('\n')}
  )
  if [[ $words[2] != -* ]]; then
    if (( CURRENT == 2 )); then _describe command commands; return; fi
    # From here on it is the command's own line.
    command=$words[2]
    shift words
    (( CURRENT -= 1 ))
  fi
  case $command in
${commands.map((one) => `    ${one.name}) _arguments ${specs(one)}${operands(one, commands)} ;;`).join('\n')}
  esac
}
if [[ $funcstack[1] == _psstop ]]; then _psstop "$@"; else compdef _psstop psstop smartpsstop; fi
`;
}

function specs(command: Command): string {
  return optionsOf(command).map(option).join(' ');
}

/** `'(-p --name)'{-p+,--name=}'[what it does]:NAME: '` */
function option(spec: OptionSpec): string {
  const { name, short, value, summary, many } = spec;
  const offer = valuesOf(spec);
  const text = `'[${quote(summary)}]${offer === undefined ? '' : `:${value?.replace(':', '\\:')}:${action(offer)}`}'`;
  const long = value ? `--${name}=` : `--${name}`;
  if (short === undefined) return `${many ? "'*'" : ''}${long}${text}`;
  return `${many ? "'*'" : `'(-${short} --${name})'`}{-${short}${value ? '+' : ''},${long}}${text}`;
}

function operands(command: Command, commands: readonly Command[]): string {
  const offer = operandsOf(command, commands);
  if (typeof offer === 'string') return ` '*:operand:${action(offer)}'`;
  return offer.length > 0 ? ` '1:operand:${action(offer)}'` : '';
}

/** A blank is an action that offers nothing (zshcompsys(1)). */
function action(offer: Offer): string {
  if (typeof offer === 'string') return offer === 'files' ? '_files' : '_files -/';
  return offer.length > 0 ? `(${offer.join(' ')})` : ' ';
}

function quote(text: string): string {
  return text.replaceAll("'", "'\\''").replaceAll(/[[\]:]/g, '\\$&');
}
