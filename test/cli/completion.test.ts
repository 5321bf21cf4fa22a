import { describe, expect, it } from 'vitest';
import { installed, psstop, shell } from './psstop.ts';

/** What bash offers for the last of some words, by the script's own function. */
async function offers(...words: readonly string[]): Promise<string[]> {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const line = `source <(psstop completion bash)
COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _psstop; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = await shell(line);
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

describe('completion', () => {
  it('is a script that bash can read', async () => {
    expect(await shell('psstop completion bash | bash -n')).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    [
      ['psstop', 'ma'],
      ['match', 'man'],
    ],
    [['psstop', '--to'], ['--top']],
    [['psstop', 'list', '--js'], ['--json']],
    [['psstop', 'watch', '--d'], ['--dry-run']],
    [
      ['psstop', '--by', 'u'],
      ['unit', 'user'],
    ],
    [['psstop', '--by', '=', 'c'], ['container']],
    [
      ['psstop', '--sort', '='],
      ['pss', 'swap', 'rss', 'count', 'name', 'pid'],
    ],
    [
      ['psstop', 'completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['psstop', 'help', 'w'], ['watch']],
    [['psstop', 'check', ''], []],
  ])('offers bash for %j what can stand there', async (words, expected) => {
    expect(await offers(...words)).toEqual(expected);
  });

  it('works at the Tab key of a real bash, for both names and for files', async () => {
    const { stdout, code } = await shell(`
cd "$(mktemp -d)" && mkdir 'a folder with rules' && psstop completion bash > script
keys=$'source ./script; smartpsstop() { printf "<%s>" "$@"; }\\nsmartpsstop wat\\t--onc\\t-r a\\\\ f\\t\\nexit\\n'
printf '%s' "$keys" | TERM=dumb script -qec 'bash --norc -i' /dev/null
rm -r script 'a folder with rules' && rmdir "$PWD"`);
    expect(code).toBe(0);
    expect(stdout).toContain('<watch><--once><-r><a folder with rules/>');
  });

  it.each([
    ['zsh', '-n'],
    ['fish', '--no-execute'],
  ])('knows every command and its options in %s, which can read it where it is installed', async (name, option) => {
    const { stdout, code } = await psstop('completion', name);
    expect(code).toBe(0);
    for (const word of ['watch', 'dry-run', 'heartbeat', 'container', 'smartpsstop']) expect(stdout).toContain(word);
    // Every quotation that is opened is closed again.
    for (const line of stdout.split('\n')) {
      const bare = line.replaceAll("'\\''", '').replaceAll("\\'", '');
      expect(bare.split("'").length % 2, line).toBe(1);
    }
    if (!installed(name)) return;
    const read = await shell(`psstop completion ${name} | ${name} ${option} /dev/stdin`);
    expect(read).toMatchObject({ code: 0, stderr: '' });
  });

  it('asks for one of the shells it knows', async () => {
    for (const name of ['tcsh', 'constructor', '']) {
      const { stderr, code } = await psstop('completion', name);
      expect(stderr).toContain('bash, zsh, fish');
      expect(code).toBe(2);
    }
  });
});
