import type { Command } from '../command.ts';
import type { OptionSpec } from '../options.ts';
import { flagsOf, type Offer, operandsOf, optionsOf, valuesOf } from './words.ts';

/** The completion script for bash: a function that fills COMPREPLY, or leaves file names to bash. */
export function bash(commands: readonly Command[]): string {
  return `# bash completion for psstop
_psstop() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command=list options kind words value
  COMPREPLY=()
  # bash takes --by=unit for three words.
  if [[ $word == = ]]; then word=
  elif [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD-2]}; fi
  if [[ $COMP_CWORD -gt 1 && \${COMP_WORDS[1]} != -* ]]; then command=\${COMP_WORDS[1]}; fi
  case $command in
${commands.map((one) => ofCommand(one, commands)).join('\n')}
  esac
  if [[ ! $value && $word == -* ]]; then kind=words words=$options
  elif [[ $COMP_CWORD == 1 ]]; then kind=words words='${commands.map(({ name }) => name).join(' ')}'; fi
  case $kind in
    files) return ;;
    folders) mapfile -t COMPREPLY < <(compgen -d -- "$word"); compopt -o filenames 2>/dev/null ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
  esac
  # Where nothing can stand, bash would complete file names.
  if [[ ! \${COMPREPLY[*]} ]]; then compopt +o default 2>/dev/null; fi
}
complete -o default -F _psstop psstop smartpsstop
`;
}

function ofCommand(command: Command, commands: readonly Command[]): string {
  const options = optionsOf(command);
  const values = options.flatMap((option) => {
    const offer = valuesOf(option);
    return offer === undefined ? [] : [value(option, offer)];
  });
  return `    ${command.name})
      options='${options.flatMap(flagsOf).join(' ')}' ${assigned(operandsOf(command, commands))}
      case $before in
${values.join('\n')}
      esac ;;`;
}

function value(option: OptionSpec, offer: Offer): string {
  return `        ${flagsOf(option).join('|')}) value=1 ${assigned(offer)} ;;`;
}

function assigned(offer: Offer): string {
  return typeof offer === 'string' ? `kind=${offer}` : `kind=words words='${offer.join(' ')}'`;
}
