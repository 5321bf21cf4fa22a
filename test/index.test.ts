import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ProcTree, procTree } from './sources/proc-tree.ts';

const ROOT = new URL('..', import.meta.url).pathname.replace(/\/$/, '');
const call = promisify(execFile);

/** A user's program: its own snapshots judged by rules from a file, with a sink and an action of its own. */
const PROGRAM = `
import { advance, compileRules, createBus, Dispatcher, emptyMemory, formatSize, list, loadConfig, procSource, run,
  RulesError, type ActionPlugin, type AlertEvent, type Sink, type Snapshot } from 'psstop';

const [root = '', rulesFile = '', brokenFile = ''] = process.argv.slice(2);
const source = procSource({ root, interval: 1000, notice: ({ message }) => console.error(message) });
const snapshot: Snapshot = await source.snapshot();
await source.close();

const plugin: ActionPlugin = {
  summary: 'Keeps what it is told', example: {}, schema: { type: 'object' }, on: ['fired'],
  create: () => ({ timeout: 1000, run: async (event: AlertEvent) => { told.push(event.rule); return 'kept'; } }),
};
const told: string[] = [];
const action = await plugin.create({} as never, { host: 'h', version: '1', proc: root, console: false, live: true });

const data = await loadConfig({ rules: [rulesFile], env: {} });
const actionContext = { host: 'h', version: '1', proc: root, console: false, live: false };
const loaded = await compileRules(data, { actionContext, env: {} });
const step = { name: 'own', countedAs: 'own', action, on: plugin.on, after: 0 };
const rules = loaded.map((rule) => ({ ...rule, steps: [step] }));

const seen: string[] = [];
const sink: Sink = {
  snapshot: ({ processes }) => void seen.push(String(processes.length)),
  event: (event) => void seen.push(event.type === 'alert' ? event.kind : event.message),
  delivery: ({ action: name, outcome }) => void seen.push(name + ' ' + outcome),
};
const bus = createBus([sink]);
const dispatcher = new Dispatcher({ bus });
dispatcher.use(rules);
async function* once() { yield snapshot; }
await run({ source: once(), rules: () => rules, bus, dispatch: (event, rule) => dispatcher.handle(event, rule) });
await dispatcher.close(1000);

const broken = await loadConfig({ rules: [brokenFile], env: {} }).catch((error: unknown) => error);
console.log(JSON.stringify({
  pss: formatSize(list(snapshot).totals.pss),
  pure: advance(emptyMemory(), rules, snapshot).map(({ kind, rule }) => kind + ' ' + rule),
  seen, told,
  problem: broken instanceof RulesError ? broken.problems[0] : broken,
}));
`;

describe('the library', () => {
  let tree: ProcTree;
  let folder: string;
  beforeEach(() => {
    tree = procTree();
    folder = mkdtempSync(join(tmpdir(), 'psstop-library-'));
  });
  afterEach(() => {
    tree.dispose();
    rmSync(folder, { recursive: true });
  });

  it('is found under its name, has types, and does what the daemon does', async () => {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(ROOT, join(folder, 'node_modules', 'psstop'));
    symlinkSync(join(ROOT, 'node_modules', '@types'), join(folder, 'node_modules', '@types'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'program.ts'), PROGRAM);
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const strict = ['--strict', '--target', 'es2023', '--module', 'nodenext', '--types', 'node'];
    const compiled = await call(process.execPath, [tsc, ...strict, 'program.ts'], { cwd: folder }).catch(
      (error: { stdout: string }) => error,
    );
    expect(compiled.stdout).toBe('');

    const rule = 'rules:\n  - name: web\n    select: web\n    when: { above: { pss: 1MiB } }\n';
    writeFileSync(join(folder, 'rules.yaml'), rule);
    writeFileSync(join(folder, 'broken.yaml'), rule.replace('above', 'abvoe'));
    tree.add({ pid: 7, comm: 'web', rss: 4096, pss: 2048 });
    const files = [tree.root, join(folder, 'rules.yaml'), join(folder, 'broken.yaml')];
    const { stdout, stderr } = await call(process.execPath, ['program.js', ...files], { cwd: folder });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      ...{ pss: '2.00 MiB', pure: ['fired web'], seen: ['1', 'fired', 'own done'], told: ['web'] },
      problem: expect.objectContaining({ file: files[2], line: 4, column: 13 }),
    });
  }, 60_000);

  it('shows nothing by a path of its own but schemas and package.json', () => {
    const { exports, bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(Object.keys(exports)).toEqual(['.', './schemas/*', './package.json']);
    expect(bin.smartpsstop).toBe(bin.psstop);
  });
});
