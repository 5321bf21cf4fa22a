import { expect } from 'vitest';
import { shell } from './psstop.ts';

/** What a shell offers, by what was typed before Tab. */
export type Offers = Readonly<Record<string, readonly string[]>>;

/** Asks bash by the script's own function, and where that leaves it to bash, for the file names that bash completes then. */
export function offersOfBash(lines: readonly string[], folder: string): Promise<Offers> {
  // As bash splits them: an equals sign is a word of its own.
  const asked = lines.map((line) => `ask ${quoted(line.replace('=', ' = ').split(' '))}\n`);
  return run(lines, {
    folder,
    script: `source <(psstop completion bash)
compopt() { if [[ $* == '+o default' ]]; then files=; fi; }
ask() {
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) files=1; _psstop
  if [[ \${COMPREPLY[*]} ]]; then printf '%s\\n' "\${COMPREPLY[@]}"; elif [[ $files ]]; then compgen -f -- "\${@: -1}"; fi
  echo ---
}
${asked.join('')}`,
  });
}

/** Asks fish, which can be asked. */
export function offersOfFish(lines: readonly string[], folder: string): Promise<Offers> {
  return run(lines, {
    folder,
    script: `psstop completion fish > script.fish
HOME=$PWD fish --no-config -c 'source script.fish; for line in $argv; complete -C $line; echo ---; end' ${quoted(lines)}
rm script.fish`,
  });
}

/** Presses the keys in a real zsh, which tells at its own end of each list what it is about to offer. */
export function offersOfZsh(lines: readonly string[], folder: string): Promise<Offers> {
  const keys = lines.map((line) => `${line}\\t\\x14`).join('');
  return run(lines, {
    folder,
    script: `mkdir zsh && psstop completion zsh > zsh/script && cat > zsh/.zshrc <<'RC'
autoload -Uz compinit && compinit -D -u
source $ZDOTDIR/script
compadd() {
  local -a offered
  builtin compadd -O offered "$@"
  print -rl -- $offered >> $ZDOTDIR/offers
  builtin compadd "$@"
}
next() { print -- '---' >> $ZDOTDIR/offers; BUFFER= }
zle -N next; bindkey '^T' next
RC
printf '${keys}exit\\n' | ZDOTDIR=$PWD/zsh TERM=dumb script -qec 'zsh -d -i' /dev/null > zsh/screen
cat zsh/offers; rm -r zsh`,
  });
}

/** The script writes what is offered for each line, and a line of dashes behind it. */
async function run(lines: readonly string[], { folder, script }: { folder: string; script: string }): Promise<Offers> {
  const { stdout, stderr, code } = await shell(`cd ${quoted([folder])} || exit\n${script}`);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  const parts = stdout.split('---\n');
  return Object.fromEntries(lines.map((line, index) => [line, offered(parts[index] ?? '')]));
}

/** The same may be offered in several ways: with the option before it, a description behind it, a folder's slash or none. */
function offered(part: string): string[] {
  const words = part.split('\n').map((line) => line.replace(/^--\w+=/, '').replace(/[/]?(\t.*)?$/, ''));
  return [...new Set(words)].filter((word) => word !== '').sort();
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(' ');
}
