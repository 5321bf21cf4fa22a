import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ProcTree, procTree } from '../sources/proc-tree.ts';
import { psstop, start } from './psstop.ts';
import { budget, type Folder, folder } from './rules.ts';

const ROOT = new URL('../../', import.meta.url).pathname;

let place: Folder;
beforeEach(() => {
  place = folder();
});
afterEach(() => place.dispose());

describe('psstop check', () => {
  it('says how much it has read when all is well', async () => {
    const one = place.write('rules/one.yaml', `rules:\n${budget('web', 100)}`);
    expect(await psstop('check', one)).toEqual({ stdout: `fine: 1 rule in 1 file (${one})\n`, stderr: '', code: 0 });
    place.write('rules/two.yaml', `rules:\n${budget('db', 100)}${budget('mail', 100)}`);
    const { stdout } = await psstop('check', '-r', join(place.path, 'rules'));
    expect(stdout).toBe(`fine: 3 rules in 2 files (${join(place.path, 'rules')})\n`);
  });

  it('finds nothing wrong with the rules that ship', async () => {
    expect(await psstop('check', join(ROOT, 'rules'))).toMatchObject({ code: 0, stderr: '' });
  });

  it('says everything that is wrong, each at its file, line and column, with the right word', async () => {
    const one = place.write('rules/one.yaml', `rules:\n${budget('web', 100).replace('above', 'abvoe')}`);
    const two = place.write(
      'rules/two.yaml',
      `rules:\n${budget('db', 100, '    thne: [log]\n').replace('1m', '1 parsec')}`,
    );
    const { stdout, stderr, code } = await psstop('check', join(place.path, 'rules'));
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    const lines = stderr.trimEnd().split('\n').sort();
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe(`${one}:4:13: rules[0].when.abvoe: unknown key "abvoe": did you mean "above"?`);
    expect(lines[1]).toMatch(`${two}:5:10: rules[0].for: `);
    expect(lines[1]).toContain('1 parsec');
    expect(lines[2]).toBe(`${two}:6:5: rules[0].thne: unknown key "thne": did you mean "then"?`);
  });

  it('writes the problems as data with --json', async () => {
    const file = place.write('broken.yaml', 'rules:\n  - name: [\n');
    const { stdout, stderr, code } = await psstop('check', '--json', file);
    expect({ stderr, code }).toEqual({ stderr: '', code: 2 });
    const { problems } = JSON.parse(stdout);
    expect(problems[0]).toMatchObject({ file, line: expect.any(Number), column: expect.any(Number) });
    const good = place.write('good.yaml', `rules:\n${budget('web', 100)}`);
    expect(JSON.parse((await psstop('check', '--json', good)).stdout)).toMatchObject({
      ...{ problems: [], warnings: [], files: [good], rules: ['web'] },
    });
  });

  it('warns of what is hardly meant, and calls it fine all the same', async () => {
    const doubtful = budget('web', 100, '    then: [{ restart: { at-most: 3 per 1h } }]\n');
    const file = place.write('doubtful.yaml', `rules:\n${doubtful}`);
    const warning = 'rules[0].then[0].restart.at-most: warning: the rule has no repeat: ';
    const { stdout, stderr, code } = await psstop('check', file);
    expect({ stdout, code }).toEqual({ stdout: `fine: 1 rule in 1 file, 1 warning (${file})\n`, code: 0 });
    expect(stderr).toMatch(`${file}:6:34: ${warning}`);
    const asData = await psstop('check', '--json', file);
    expect({ ...asData, stdout: '' }).toEqual({ stdout: '', stderr: '', code: 0 });
    expect(JSON.parse(asData.stdout)).toMatchObject({
      problems: [],
      warnings: [{ file, line: 6, column: 34, path: 'rules[0].then[0].restart.at-most' }],
    });
  });

  it('never writes to the terminal what a rules file smuggles in', async () => {
    const file = place.write('evil.yaml', `rules:\n  - "na\\e[2Jme": x\n`);
    const { stderr, code } = await psstop('check', file);
    expect(code).toBe(2);
    expect(stderr).not.toContain('\u001b');
  });

  it('reads configuration and rules where PSSTOP_CONFIG and the XDG folder say', async () => {
    place.write('xdg/psstop/rules.d/a.yaml', `rules:\n${budget('web', 100)}`);
    const env = { XDG_CONFIG_HOME: join(place.path, 'xdg') };
    const { stdout } = await start(['check', '--json'], { env }).ended;
    expect(JSON.parse(stdout).rules).toEqual(['web']);
    const config = place.write('psstop.yaml', 'rules: mine\n');
    place.write('mine/b.yaml', `rules:\n${budget('db', 100)}`);
    const named = await start(['check', '--json'], { env: { PSSTOP_CONFIG: config } }).ended;
    expect(JSON.parse(named.stdout).rules).toEqual(['db']);
  });

  it('takes several places from PSSTOP_RULES, parted by colons', async () => {
    const one = place.write('one.yaml', `rules:\n${budget('web', 100)}`);
    const two = place.write('two.yaml', `rules:\n${budget('db', 100)}`);
    const { stdout } = await start(['check', '--json'], { env: { PSSTOP_RULES: `${one}:${two}` } }).ended;
    expect(JSON.parse(stdout).files).toEqual([one, two]);
  });
});

describe('psstop match', () => {
  let tree: ProcTree;
  beforeEach(() => {
    tree = procTree();
    place.write('rules/a.yaml', `rules:\n${budget('web', 100)}${budget('none', 100)}`);
    tree.add({ pid: 1, comm: 'web-server', rss: 3 * 1024, pss: 2 * 1024 });
    tree.add({ pid: 2, comm: 'web-server', rss: 3 * 1024, pss: 1024 });
    tree.add({ pid: 3, comm: 'web\u001b[2J', rss: 1024, rollup: 'unreadable' });
    tree.add({ pid: 4, comm: 'other', rss: 1024, pss: 512 });
  });
  afterEach(() => tree.dispose());

  const match = (...args: readonly string[]) =>
    psstop('match', ...args, '-r', join(place.path, 'rules'), '--proc', tree.root);

  it('shows what a rule selects and how it groups it', async () => {
    const { stdout, code } = await match('web');
    expect(code).toBe(0);
    const lines = stdout.split('\n').map((line) => line.trim().replace(/ {2,}/g, '  '));
    expect(lines).toEqual([
      'web selects web*: 2 targets',
      'Target (by name)  PSS  PIDs',
      'web-server  3.00 MiB  1 2',
      'web\\x1b[2J  ≤ 1.00 MiB  3',
      '',
    ]);
  });

  it('writes a line of JSON for each target', async () => {
    const [first = '', second = ''] = (await match('web', '--json')).stdout.split('\n');
    expect(JSON.parse(first)).toMatchObject({ name: 'web-server', pss: { low: 3 * 2 ** 20, high: 3 * 2 ** 20 } });
    expect(JSON.parse(first).processes.map(({ pid }: { pid: number }) => pid)).toEqual([1, 2]);
    expect(JSON.parse(second)).toMatchObject({ name: 'web\u001b[2J', processes: [{ pid: 3, pss: null }] });
  });

  it('ends with 1 when nothing is selected, and with 2 when there is no such rule', async () => {
    expect(await match('none')).toMatchObject({ stdout: 'none selects none*: 0 targets\n', code: 1 });
    const { stderr, code } = await match('wbe');
    expect(stderr).toContain('no rule "wbe": did you mean "web"?');
    expect(code).toBe(2);
  });
});

describe('psstop schema', () => {
  it('prints each schema as it is published', async () => {
    const { stdout } = await psstop('schema');
    const names = stdout.trim().split('\n');
    expect(names.map((name) => `${name}.schema.json`).sort()).toEqual(readdirSync(join(ROOT, 'schemas')).sort());
    for (const name of names) {
      const published = readFileSync(join(ROOT, 'schemas', `${name}.schema.json`), 'utf8');
      expect((await psstop('schema', name)).stdout, 'run npm run schemas').toBe(published);
    }
  });

  it('writes all of them into a folder', async () => {
    const to = join(place.path, 'new', 'schemas');
    expect((await psstop('schema', '--write', to)).code).toBe(0);
    expect(readdirSync(to).sort()).toEqual(readdirSync(join(ROOT, 'schemas')).sort());
  });
});
