import { rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ProcTree, procTree } from '../sources/proc-tree.ts';
import { psstop, type Running, start, until } from './psstop.ts';
import { budget, type Folder, folder } from './rules.ts';

let place: Folder;
let tree: ProcTree;
let cleanUp: (() => unknown)[];
beforeEach(() => {
  place = folder();
  tree = procTree();
  tree.host({ anon: 2400, mapped: 0 });
  tree.add({ pid: 1, comm: 'web', rss: 3000, pss: 2000 });
  tree.add({ pid: 2, comm: 'db', rss: 500, pss: 400 });
  // Time goes on in it as it does outside.
  rmSync(join(tree.root, 'uptime'));
  symlinkSync('/proc/uptime', join(tree.root, 'uptime'));
  cleanUp = [() => tree.dispose(), () => place.dispose()];
});
afterEach(async () => {
  for (const clean of cleanUp.reverse()) await clean();
});

function rules(text: string): void {
  place.write('rules/a.yaml', `rules:\n${text}`);
}

const where = (): string[] => ['-r', join(place.path, 'rules'), '--proc', tree.root];
const CRITICAL = '    severity: critical\n';

describe('psstop watch --once', () => {
  const once = (...args: readonly string[]) => psstop('watch', '--once', ...where(), ...args);

  it('ends with 0 when nothing fires', async () => {
    rules(budget('web', 9999) + budget('db', 9999, CRITICAL));
    expect(await once()).toEqual({ stdout: 'PSSTOP OK: 0 of 2 rules fire\n', stderr: '', code: 0 });
  });

  it('ends with 1 for a warning, at once: there is no time to wait', async () => {
    rules(budget('web', 1000) + budget('db', 9999, CRITICAL));
    const { stdout, code } = await once();
    expect(stdout).toMatch(/^PSSTOP WARNING: 1 of 2 rules fire\nWARNING web: .*1\.95 MiB.*\n$/);
    expect(code).toBe(1);
  });

  it('ends with 2 when anything critical fires', async () => {
    rules(budget('web', 1000) + budget('db', 100, CRITICAL));
    const { stdout, code } = await once();
    expect(stdout).toMatch(/^PSSTOP CRITICAL: 2 of 2 rules fire\nWARNING web: .*\nCRITICAL db: .*\n$/);
    expect(code).toBe(2);
  });

  it('ends with 3 when a process that matters can not be read, unless its bounds decide', async () => {
    tree.add({ pid: 3, comm: 'shut', rss: 900, rollup: 'unreadable' });
    rules(budget('shut', 500));
    const unknown = await once();
    expect(unknown.stdout).toBe("PSSTOP UNKNOWN: 0 of 1 rules fire; 1 can't be decided: shut\n");
    expect(unknown.code).toBe(3);
    const { undecided } = JSON.parse((await once('--json')).stdout);
    const open = { measure: 'pss', unit: 'bytes', atLeast: 0, atMost: 900 * 1024, limit: 500 * 1024 };
    expect(undecided).toMatchObject([{ rule: 'shut', target: 'shut', severity: 'warning', open: [open] }]);
    // What is only worth a note is fine whether it holds or not.
    rules(`${budget('shut', 500)}    severity: info\n`);
    expect(await once()).toMatchObject({ code: 0, stdout: expect.stringMatching(/^PSSTOP OK: .*decided: shut\n$/) });
    rules(budget('shut', 1000));
    expect((await once()).code).toBe(0);
  });

  it('ends with 3 when rules are wrong, missing, or there is nothing to watch', async () => {
    rules(budget('web', 1000).replace('above', 'abvoe'));
    const wrong = await once();
    expect(wrong.stdout).toMatch(/^PSSTOP UNKNOWN: .*a\.yaml:4:13: .*did you mean "above"/);
    expect(wrong.code).toBe(3);
    expect(await psstop('watch', '--once', '-r', '/nowhere')).toMatchObject({
      ...{ stdout: 'PSSTOP UNKNOWN: there is no /nowhere\n', code: 3 },
    });
    rules(budget('web', 1000));
    expect(await once('--proc', '/nowhere')).toMatchObject({ code: 3 });
  });

  it('says which rules it leaves out for want of a history', async () => {
    rules('  - name: leak\n    select: web\n    when: { growth: { pss: 10MiB/h, over: 1h } }\n');
    expect(await once()).toMatchObject({ stdout: 'PSSTOP OK: 0 of 0 rules fire; 1 need a history\n', code: 0 });
  });

  it('writes data with --json, and runs no action', async () => {
    const log = join(place.path, 'log');
    rules(budget('web', 1000, `    then: [{ log: { file: ${log} } }]\n`));
    const { stdout, code } = await once('--json');
    const answer = JSON.parse(stdout);
    expect(answer).toMatchObject({ state: 'WARNING', undecided: [], needHistory: 0 });
    expect(answer.fired).toMatchObject([{ kind: 'fired', rule: 'web', value: 2000 * 1024, limit: 1000 * 1024 }]);
    expect(code).toBe(1);
    expect(place.read('log')).toBeUndefined();
  });
});

describe('psstop watch in a pipe', () => {
  function watch(...args: readonly string[]): Running {
    const running = start(['watch', ...where(), '-i', '100ms', '--heartbeat', '300ms', ...args]);
    cleanUp.push(() => {
      running.child.kill('SIGKILL');
      return running.ended;
    });
    return running;
  }

  it('shows the biggest processes, says that it began, that it lives and that it ended', async () => {
    rules(budget('web', 9999));
    const running = watch();
    await until(() => running.stdout().split(' alive ').length > 2);
    running.child.kill('SIGTERM');
    const { stdout, stderr, code } = await running.ended;
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    const steps = [/^ Process Name +PID +PSS/m, /^ web +1 +2000 kB$/m, / started: psstop .*1 rules?, every 100ms$/m];
    const ends = [/ alive 2 processes, PSS 2\.34 MiB, 100\.0 % covered, 0 firing/, / stopped/];
    const places = [...steps, ...ends].map((step) => stdout.search(step));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThanOrEqual(0);
  });

  it('says once what is doubtful about its rules, at the pace that it was given', async () => {
    const doubtful = '  - name: leak\n    select: web\n    when: { growth: { pss: 10MiB/h, over: 20s } }\n';
    rules(doubtful);
    const running = watch('--interval', '6s');
    const warnings = (): string[] => running.stdout().match(/rules-warning: .*$/gm) ?? [];
    await until(() => warnings().length > 0);
    rules(doubtful + budget('web', 9999));
    await until(() => running.stdout().includes('rules-loaded'));
    expect(warnings()).toEqual([expect.stringMatching(/a\.yaml:4:\d+: rules\[0\]\.when\.growth\.over: .* every 6s/)]);
  });

  it('writes nothing but JSON with --json', async () => {
    rules(budget('web', 1000).replace('1m', '0s'));
    const running = watch('--json');
    await until(() => running.stdout().includes('"heartbeat"') && running.stdout().includes('"alert"'));
    running.child.kill('SIGINT');
    const { stdout, code } = await running.ended;
    expect(code).toBe(0);
    const types = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).type);
    expect(new Set(types)).toEqual(new Set(['notice', 'alert', 'heartbeat']));
  });

  it('names in its heartbeat what it can not decide, and what is known of it', async () => {
    tree.add({ pid: 3, comm: 'shut', rss: 900, rollup: 'unreadable' });
    rules(budget('shut', 500));
    const running = watch('--json');
    await until(() => running.stdout().includes('"undecided":1'));
    const lines = running.stdout().slice(0, running.stdout().lastIndexOf('\n')).split('\n');
    const heartbeat = lines.map((line) => JSON.parse(line)).find(({ undecided }) => undecided === 1);
    const open = { measure: 'pss', unit: 'bytes', atLeast: 0, atMost: 900 * 1024, limit: 500 * 1024 };
    expect(heartbeat.waiting).toMatchObject([{ rule: 'shut', target: 'shut', open: [open] }]);
  });

  it('ends an alert on what can not be read any more, where the rule says so, and says why', async () => {
    tree.add({ pid: 3, comm: 'shut', rss: 900, pss: 800 });
    const of = budget('shut', 500).replace('1m', '0s');
    rules(`${of}    no-data: clear\n${of.replace('name: shut', 'name: kept')}`);
    const running = watch('--json');
    await until(() => (running.stdout().match(/"kind":"fired"/g) ?? []).length === 2);
    tree.add({ pid: 3, comm: 'shut', rss: 900, rollup: 'unreadable' });
    await until(() => running.stdout().includes('"resolved"'));
    running.child.kill('SIGTERM');
    await running.ended;
    const lines = running.stdout().trimEnd().split('\n');
    const ends = lines.map((line) => JSON.parse(line)).filter(({ kind }) => kind === 'resolved');
    expect(ends).toMatchObject([{ rule: 'shut', reason: 'unreadable' }]);
  });

  it('does nothing in a dry run, and says what it would have done', async () => {
    const heard: string[] = [];
    const server = createServer((request, response) => {
      heard.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUp.push(() => new Promise((resolve) => server.close(resolve)));
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    rules(budget('web', 1000, `    then: [{ webhook: { url: "http://127.0.0.1:${port}/" } }]\n`).replace('1m', '0s'));

    const dry = watch('--dry-run');
    await until(() => /dry run/.test(dry.stdout()) && dry.stdout().split(' alive ').length > 2);
    expect(dry.stdout()).toMatch(/fired.* web/);
    expect(heard).toEqual([]);
    dry.child.kill('SIGTERM');
    await dry.ended;

    watch();
    await until(() => heard.length === 1);
  });

  it('starts with no rules that are wrong, and says where they are', async () => {
    rules(budget('web', 1000).replace('1m', '1 parsec'));
    const { stderr, code } = await watch().ended;
    expect(stderr).toMatch(/^\/.*a\.yaml:5:10: rules\[0\]\.for: .*1 parsec/);
    expect(code).toBe(2);
  });
});
