import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installed, psstop, shell } from './psstop.ts';
import { type Folder, folder } from './rules.ts';
import { type Offers, offersOfBash, offersOfFish, offersOfZsh } from './shells.ts';

/** What is typed before Tab, and what can stand there, in any shell. */
const OFFERS: Offers = {
  'psstop ma': ['man', 'match'],
  'smartpsstop wat': ['watch'],
  'psstop --to': ['--top'],
  'psstop -p nginx --so': ['--sort'],
  'psstop list --js': ['--json'],
  'psstop watch --dr': ['--dry-run'],
  'psstop watch --so': ['--socket'],
  'psstop watch --sort': [],
  'psstop --by u': ['unit', 'user'],
  'psstop --by=c': ['container'],
  'psstop -p watch --by u': ['unit', 'user'],
  'psstop --sort ': ['count', 'name', 'pid', 'pss', 'rss', 'swap'],
  'psstop completion ': ['bash', 'fish', 'zsh'],
  'psstop help w': ['watch', 'why'],
  // What nobody can know, and what there is none of.
  'psstop --top ': [],
  'psstop watch -i ': [],
  'psstop man ru': [],
  // Files, and folders alone.
  'psstop check ru': ['rules.d', 'rules.yaml'],
  'psstop watch -r ru': ['rules.d', 'rules.yaml'],
  'psstop --file ru': ['rules.d', 'rules.yaml'],
  'psstop --proc ru': ['rules.d'],
};

let place: Folder;
beforeAll(() => {
  place = folder();
  place.write('rules.yaml', '');
  place.write('rules.d/a.yaml', '');
});
afterAll(() => place.dispose());

describe('completion', () => {
  const shells = { bash: offersOfBash, zsh: offersOfZsh, fish: offersOfFish };

  describe.each(['bash', 'zsh', 'fish'] as const)('in %s', (name) => {
    it.skipIf(!installed(name))('offers what can stand there', async () => {
      expect(await shells[name](Object.keys(OFFERS), place.path)).toEqual(OFFERS);
    });

    it('knows every command and its options', async () => {
      const { stdout, code } = await psstop('completion', name);
      expect(code).toBe(0);
      for (const word of ['watch', 'dry-run', 'heartbeat', 'container', 'smartpsstop']) expect(stdout).toContain(word);
    });
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

  it.skipIf(!installed('zsh'))(
    'works at the Tab key of a real zsh that finds it in a folder of its $fpath',
    async () => {
      const { stdout, code } = await shell(`
cd "$(mktemp -d)" && mkdir functions 'a folder with rules' && psstop completion zsh > functions/_psstop
cat > .zshrc <<'RC'
fpath=($ZDOTDIR/functions $fpath)
autoload -Uz compinit && compinit -D -u
smartpsstop() { printf "<%s>" "$@"; }
RC
printf 'smartpsstop wat\\t--onc\\t-r a\\\\ f\\t\\nexit\\n' | ZDOTDIR=$PWD TERM=dumb script -qec 'zsh -d -i' /dev/null
rm -r functions .zshrc 'a folder with rules' && rmdir "$PWD"`);
      expect(code).toBe(0);
      expect(stdout).toContain('<watch><--once><-r><a folder with rules>');
    },
  );

  it('asks for one of the shells it knows', async () => {
    for (const name of ['tcsh', 'constructor', '']) {
      const { stderr, code } = await psstop('completion', name);
      expect(stderr).toContain('bash, zsh, fish');
      expect(code).toBe(2);
    }
  });
});
