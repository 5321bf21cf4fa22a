import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { LoadedData } from '../../src/config/data.ts';
import { type LoadOptions, loadConfig } from '../../src/config/load.ts';
import { Retry, RulesError } from '../../src/core/errors.ts';
import { folderOf } from './folder.ts';

const script = fileURLToPath(new URL('../../build/config/loader.js', import.meta.url));
const load = (options: Omit<LoadOptions, 'env' | 'script'> & Partial<LoadOptions>): Promise<LoadedData> =>
  loadConfig({ script, env: {}, ...options });

/** What is wrong, one line each, with the folder left out. */
async function refusal(promise: Promise<unknown>, folder = ''): Promise<string[]> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RulesError);
  return (error as RulesError).message.replaceAll(`${folder}/`, '').split('\n');
}

const RULE = 'rules:\n  - name: r\n    when: { above: { pss: 500MiB } }\n';

describe('loading in a child', () => {
  test('hands back plain data as it was written, with no secret in it', async () => {
    const folder = folderOf({
      'psstop.yaml': 'interval: 2s\nrules: [rules.d, more.yaml]\n',
      'rules.d/a.yaml': `${RULE}    then: [chat]\n`,
      'more.yaml': `actions: { chat: { webhook: { url: "\${CHAT_URL}", secret: { file: "\${DIR}/s" } } } }\n`,
      s: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n',
    });
    chmodSync(join(folder, 's'), 0o600);
    const env = { CHAT_URL: 'https://example.org/t0ken', DIR: folder };
    const data = await load({ config: join(folder, 'psstop.yaml'), env });
    expect(data.config).toEqual({ interval: '2s', rules: ['rules.d', 'more.yaml'] });
    // biome-ignore lint/suspicious/noThenProperty: the rules' own word
    const rule = { name: 'r', when: { above: { pss: '500MiB' } }, then: ['chat'] };
    expect(data.rules).toEqual([
      {
        name: 'r',
        data: rule,
        file: join(folder, 'rules.d/a.yaml'),
        path: ['rules', 0],
      },
    ]);
    expect(JSON.stringify(data)).not.toMatch(/t0ken|whsec/);
  });

  test('reports all problems of all files', async () => {
    const folder = folderOf({ 'a.yaml': `${RULE}    fro: 5s\n`, 'b.yaml': 'rules: [\n' });
    expect(await refusal(load({ rules: [folder] }), folder)).toEqual([
      'a.yaml:4:5: rules[0].fro: unknown key "fro": did you mean "for"?',
      'b.yaml:2:1: a ] is missing before this line',
    ]);
  });

  test('names a path that is not there', async () => {
    const folder = folderOf({});
    const paths = { config: join(folder, 'none.yaml'), rules: [join(folder, 'none.d')] };
    expect(await refusal(load(paths), folder)).toEqual([
      'none.d: there is no such file or folder',
      'none.yaml: there is no such file or folder',
    ]);
  });

  test.each([
    ['a file of 1 MB', '# a comment\n'.repeat(90_000), 'this is longer than 256 KiB: split it into several files'],
    ['100,000 keys', Array.from({ length: 100_000 }, (_, i) => `k${i}: 1\n`).join(''), 'this is longer than 256 KiB'],
    ['invalid UTF-8', Uint8Array.of(0x61, 0x3a, 0xff, 0x0a), 'this is not UTF-8 text'],
    ['a compressed file', Uint8Array.of(0x1f, 0x8b, 0x08, 0, 0), 'this is not UTF-8 text'],
  ])('refuses %s', async (_, text, expected) => {
    const folder = folderOf({ 'a.yaml': text });
    const [problem] = await refusal(load({ rules: [folder] }), folder);
    expect(problem).toContain(`a.yaml: ${expected}`);
  });

  test('neither waits for a pipe nor reads a device', async () => {
    const folder = folderOf({});
    execFileSync('mkfifo', [join(folder, 'a.yaml')]);
    const problems = await refusal(load({ rules: [folder, '/dev/zero'] }), folder);
    expect(problems).toEqual(['/dev/zero: this is not a regular file', 'a.yaml: this is not a regular file']);
  });

  test('ends a child that takes too long', async () => {
    const folder = folderOf({ 'endless.mjs': 'setInterval(() => {}, 1000)', 'r.yaml': RULE });
    const start = performance.now();
    const loading = load({ rules: [join(folder, 'r.yaml')], script: join(folder, 'endless.mjs'), deadline: 500 });
    expect(await refusal(loading, folder)).toEqual([
      'r.yaml: reading the rules took longer than 0.5 s: make them smaller',
    ]);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test('says so when a child eats all its memory', async () => {
    const folder = folderOf({
      'greedy.mjs': 'const all = []; for (;;) all.push(new Array(1e6).fill({}).map(() => ({})));',
    });
    const loading = load({ rules: ['r.yaml'], script: join(folder, 'greedy.mjs'), deadline: 30_000 });
    expect(await refusal(loading)).toEqual(['r.yaml: reading the rules took too much memory']);
  }, 40_000);

  test('is to be tried again when the child is killed from outside or cannot be started', async () => {
    const folder = folderOf({ 'killed.mjs': "process.kill(process.pid, 'SIGKILL')" });
    await expect(load({ rules: [], script: join(folder, 'killed.mjs') })).rejects.toThrow(Retry);
  });

  test('does not take an answer without end', async () => {
    const endless = "const line = 'x'.repeat(1e6); const more = () => process.stdout.write(line, more); more();";
    const folder = folderOf({ 'endless.mjs': endless });
    const loading = load({ rules: ['r.yaml'], script: join(folder, 'endless.mjs') });
    expect(await refusal(loading)).toEqual(['r.yaml: these are more rules than can be taken: split them up']);
  });

  test('shows what a broken child said, which is a bug', async () => {
    const folder = folderOf({ 'broken.mjs': "throw new Error('oh no')" });
    const loading = load({ rules: [], script: join(folder, 'broken.mjs') });
    await expect(loading).rejects.toThrow('oh no');
    await expect(loading).rejects.not.toBeInstanceOf(RulesError);
  });

  test('gives the child no environment and nothing in its arguments', async () => {
    const spy = `const input = []; for await (const chunk of process.stdin) input.push(chunk);
      const { env } = JSON.parse(Buffer.concat(input));
      console.log(JSON.stringify({ data: { own: Object.keys(process.env), args: process.argv.slice(2), env } }));`;
    const folder = folderOf({ 'spy.mjs': spy });
    process.env.PSSTOP_TEST_SECRET = 'x';
    const data = await load({ rules: [], script: join(folder, 'spy.mjs'), env: { TOKEN: 't' } });
    delete process.env.PSSTOP_TEST_SECRET;
    expect(data).toEqual({ own: [], args: [], env: { TOKEN: 't' } });
  });

  test('reads a thousand rules in two seconds of CPU', async () => {
    const rules = Array.from({ length: 1000 }, (_, index) => {
      return `  - name: rule-${index}\n    select: { name: "app-${index}*", user: app, age: { above: 10m } }
    when: { all: [{ above: { pss: ${index + 10}MiB, clear: ${index + 9}MiB } }, { below: { age: 7d } }] }
    for: 2m\n    severity: critical\n    labels: { team: web }\n    then: [log]\n`;
    });
    const half = (part: string[]): string => `rules:\n${part.join('')}`;
    const folder = folderOf({ 'a.yaml': half(rules.slice(0, 500)), 'b.yaml': half(rules.slice(500)) });
    const request = join(folder, 'request.json');
    writeFileSync(request, JSON.stringify({ rules: [folder], env: {} }));
    const timed = `const { spawnSync } = require('node:child_process'); const { readFileSync } = require('node:fs');
      const { stdout } = spawnSync(process.execPath, [process.argv[1]], { input: readFileSync(process.argv[2]), maxBuffer: 1e9 });
      const answer = JSON.parse(stdout);
      console.log(JSON.stringify({ rules: answer.data?.rules.length, problems: answer.problems }));`;
    // The CPU of a child that has ended counts among that of its parent's children.
    const program = `${timed} const { cpus } = { cpus: require('node:fs').readFileSync('/proc/self/stat', 'latin1') };
      const fields = cpus.slice(cpus.lastIndexOf(')') + 2).split(' ').map(Number);
      console.log((fields[13] + fields[14]) / 100);`;
    const output = execFileSync(process.execPath, ['-e', program, script, request], { encoding: 'utf8' });
    const [answer, seconds] = output.trim().split('\n');
    expect(JSON.parse(answer ?? '')).toEqual({ rules: 1000 });
    expect(Number(seconds)).toBeGreaterThan(0);
    expect(Number(seconds)).toBeLessThan(2.5);
  });
});

describe('who may write rules that act', () => {
  const acting = `${RULE}    then: [{ command: { run: [/bin/true] } }]\n`;

  test('a file that others can write to is refused, with what to do', async () => {
    const folder = folderOf({ 'a.yaml': acting });
    chmodSync(join(folder, 'a.yaml'), 0o664);
    const [problem] = await refusal(load({ rules: [folder] }), folder);
    expect(problem).toBe(
      'a.yaml: others can write to a.yaml (mode 0664) and could make psstop run anything: run "chmod go-w a.yaml"',
    );
  });

  test('so is a folder on its way', async () => {
    const folder = folderOf({ 'd/e/a.yaml': acting });
    chmodSync(join(folder, 'd'), 0o777);
    const [problem] = await refusal(load({ rules: [join(folder, 'd/e')] }), folder);
    expect(problem).toContain('others can write to d (mode 0777)');
  });

  test.runIf(process.getuid?.() === 0)('so is a file of another user, and a link that he may turn', async () => {
    const folder = folderOf({ 'a.yaml': acting, 'his/b.yaml': acting.replace('name: r', 'name: b') });
    chownSync(join(folder, 'a.yaml'), 65_534, 65_534);
    const [own] = await refusal(load({ rules: [join(folder, 'a.yaml')] }), folder);
    expect(own).toContain('a.yaml belongs to user 65534, who could make psstop run anything: it must belong to root');
    chownSync(join(folder, 'his'), 65_534, 65_534);
    symlinkSync('../his/b.yaml', join(folder, 'his/link.yaml'));
    const [link] = await refusal(load({ rules: [join(folder, 'his/link.yaml')] }), folder);
    expect(link).toContain('his belongs to user 65534');
  });

  test('rules that only tell are not concerned', async () => {
    const folder = folderOf({ 'a.yaml': `${RULE}    then: [log]\n` });
    chmodSync(join(folder, 'a.yaml'), 0o666);
    expect((await load({ rules: [folder] })).rules).toHaveLength(1);
  });
});
