import type { Command } from '../command.ts';
import { COMMON, type OptionSpec } from '../options.ts';
import { UsageError } from '../world.ts';

export const command: Command = {
  name: 'completion',
  summary: 'print the completion script for bash, zsh or fish',
  operands: 'bash|zsh|fish',
  options: [],
  examples: [['source <(psstop completion bash)', 'in ~/.bashrc']],
  async run({ operands: [shell = ''] }, world, all) {
    const write = SHELLS[shell];
    if (write === undefined) throw new UsageError(`completion for which shell? ${Object.keys(SHELLS).join(', ')}`);
    world.stdout.write(write(await all()));
    return 0;
  },
};

const SHELLS: Readonly<Record<string, (commands: readonly Command[]) => string>> = { bash, zsh, fish };

function specs({ options }: Command): readonly OptionSpec[] {
  return [...options, ...COMMON];
}

function words(ofCommand: Command): string {
  return specs(ofCommand)
    .flatMap(({ name, short }) => [`--${name}`, ...(short ? [`-${short}`] : [])])
    .join(' ');
}

/** The values an option can have, or a star where files are meant. */
function bashValues(commands: readonly Command[]): string {
  const seen = new Map<string, string>();
  for (const { name, choices } of commands.flatMap(specs)) if (choices) seen.set(name, choices.join(' '));
  return [...seen]
    .map(([name, choices]) => `    --${name}) COMPREPLY=($(compgen -W '${choices}' -- "$word")); return ;;`)
    .join('\n');
}

function bash(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const cases = commands.map((one) => `    ${one.name}) options='${words(one)}' ;;`).join('\n');
  const list = commands.find(({ name }) => name === 'list');
  return `# bash completion for psstop
_psstop() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} options='${list ? words(list) : ''}'
  case $before in
${bashValues(commands)}
  esac
  case \${COMP_WORDS[1]} in
${cases}
  esac
  if [[ $word == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$word"))
  elif [[ $COMP_CWORD == 1 ]]; then COMPREPLY=($(compgen -W '${names}' -- "$word"))
  else COMPREPLY=($(compgen -f -- "$word")); fi
}
complete -F _psstop psstop smartpsstop
`;
}

function zsh(commands: readonly Command[]): string {
  const described = commands.map(({ name, summary }) => `    '${name}:${zshQuote(summary)}'`).join('\n');
  const cases = commands.map(
    (one) => `    ${one.name}) _arguments ${specs(one).map(zshOption).join(' ')} '*:file:_files' ;;`,
  );
  const list = commands.find(({ name }) => name === 'list');
  return `#compdef psstop smartpsstop
_psstop() {
  local -a commands
  commands=(
${described}
  )
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then _describe command commands; return; fi
  case $words[2] in
${cases.join('\n')}
    *) _arguments ${list ? specs(list).map(zshOption).join(' ') : ''} ;;
  esac
}
compdef _psstop psstop smartpsstop
`;
}

function zshOption({ name, value, choices, summary, many }: OptionSpec): string {
  const action = choices ? `:${name}:(${choices.join(' ')})` : value ? `:${value}:_files` : '';
  return `'${many ? '*' : ''}--${name}[${zshQuote(summary)}]${action}'`;
}

function zshQuote(text: string): string {
  return text.replaceAll("'", "'\\''").replaceAll(/[[\]:]/g, '\\$&');
}

function fish(commands: readonly Command[]): string {
  const names = commands.map(
    ({ name, summary }) => `complete -c psstop -n __fish_use_subcommand -a ${name} -d ${fishQuote(summary)}`,
  );
  const options = commands.flatMap((one) => specs(one).map((spec) => fishOption(one.name, spec)));
  return `# fish completion for psstop\n${[...names, ...options].join('\n')}\n`;
}

function fishOption(command: string, { name, short, value, choices, summary }: OptionSpec): string {
  const unnamed = command === 'list' ? '; or __fish_use_subcommand' : '';
  const letter = short ? ` -s ${short}` : '';
  const words = choices ? ` -x -a ${fishQuote(choices.join(' '))}` : value ? ' -r' : '';
  const where = `-n '__fish_seen_subcommand_from ${command}${unnamed}'`;
  return `complete -c psstop ${where} -l ${name}${letter}${words} -d ${fishQuote(summary)}`;
}

function fishQuote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
