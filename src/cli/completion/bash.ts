import type { Command } from '../command.ts';
import { operandsOf, optionsOf, withoutCommand } from './words.ts';

/** The completion script for bash: a function that fills COMPREPLY; where it leaves it empty, bash completes file names. */
export function bash(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const list = withoutCommand(commands);
  return `# bash completion for psstop
_psstop() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  local options='${list ? options(list) : ''}' operands=
  COMPREPLY=()
  # bash takes --by=unit for three words.
  if [[ $word == = ]]; then word=
  elif [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD-2]}; fi
  case $before in
${values(commands)}
  esac
  case \${COMP_WORDS[1]} in
${commands.map((one) => ofCommand(one, commands)).join('\n')}
  esac
  if [[ $word == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$word"))
  elif [[ $COMP_CWORD == 1 ]]; then COMPREPLY=($(compgen -W '${names}' -- "$word"))
  else COMPREPLY=($(compgen -W "$operands" -- "$word")); fi
}
complete -o default -F _psstop psstop smartpsstop
`;
}

function options(command: Command): string {
  return optionsOf(command)
    .flatMap(({ name, short }) => [`--${name}`, ...(short ? [`-${short}`] : [])])
    .join(' ');
}

function ofCommand(command: Command, commands: readonly Command[]): string {
  const operands = operandsOf(command, commands).join(' ');
  return `    ${command.name}) options='${options(command)}'${operands ? ` operands='${operands}'` : ''} ;;`;
}

/** The values that options can have; for all others bash completes file names. */
function values(commands: readonly Command[]): string {
  const known = new Map<string, string>();
  for (const { name, choices } of commands.flatMap(optionsOf)) if (choices) known.set(name, choices.join(' '));
  return Array.from(
    known,
    ([name, words]) => `    --${name}) COMPREPLY=($(compgen -W '${words}' -- "$word")); return ;;`,
  ).join('\n');
}
