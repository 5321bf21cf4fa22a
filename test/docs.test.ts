import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMON, readOptions } from '../src/cli/options.ts';
import { COMMANDS } from '../src/cli/registry.ts';
import { MEASURES } from '../src/core/measure.ts';
import { blocksOf, commandLines, pathOf, read, shown, updateReadme } from './docs/readme.ts';
import { METRICS, metricTable, updateMetrics } from './prometheus/table.ts';

if (process.env.UPDATE_DOCS) {
  updateReadme();
  updateMetrics();
}
const readme = read('README.md');
const manifest = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

/** Words between backquotes in the first cells of the table that begins with `head`. */
function tableOf(head: string): string[] {
  const table = readme.slice(readme.indexOf(`| ${head} |`)).split('\n\n')[0] ?? '';
  const cells = table
    .split('\n')
    .slice(2)
    .map((row) => row.split('|')[1] ?? '');
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word)).sort();
}

function plugins(kind: string): string[] {
  const files = readdirSync(pathOf(`src/${kind}`), { withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ name }) => name.replace(/\.ts$/, '')).sort();
}

/** Reads a command line as psstop would. @throws Error when it makes no sense. */
async function understand([first = '', ...rest]: string[]): Promise<void> {
  const named = /^[a-z]/.test(first);
  const load = COMMANDS[named ? first : 'list'];
  if (load === undefined) throw new Error(`there is no command ${first}`);
  const { command } = await load();
  const words = named || first === '' ? rest : [first, ...rest];
  const given = readOptions(words, [...command.options, ...COMMON], {});
  if (given.operands.length > 0) expect(command.operands, first).toBeDefined();
}

describe('README', () => {
  it('opens with the two commands, which are scripts', () => {
    const [start, test] = blocksOf(readme);
    expect(start?.text).toBe('npm ci && npm start\n');
    expect(test?.text).toBe('npm ci && npm test\n');
    expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(['start', 'test']));
  });

  it('shows files as they are, and has no empty block', () => {
    const blocks = blocksOf(readme);
    expect(blocks.filter(({ file }) => file).length).toBeGreaterThanOrEqual(3);
    for (const { file, text } of blocks) {
      expect(text.trim(), file).not.toBe('');
      if (file) expect(text, file).toBe(shown(file));
    }
  });

  it('names tests that are there', () => {
    const tests = [...readme.matchAll(/`(test\/[\w./-]+)`/g)].map(([, file = '']) => file);
    expect(tests.length).toBeGreaterThan(10);
    expect(tests.filter((file) => !existsSync(pathOf(file)))).toEqual([]);
  });

  it('links to what is there', () => {
    const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
    const local = links.filter((target) => !target.startsWith('https://'));
    expect(local.length).toBeGreaterThan(3);
    expect(local.filter((target) => !existsSync(pathOf(target)))).toEqual([]);
  });

  it('names only scripts that exist', () => {
    const named = [...readme.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => manifest.scripts[name] === undefined)).toEqual([]);
  });

  it('writes command lines that psstop understands', async () => {
    const lines = commandLines(readme);
    expect(lines.length).toBeGreaterThan(8);
    for (const words of lines) await understand(words);
  });

  it('lists every key of a rule, condition, action, sink and measure, and none that is not there', () => {
    expect(tableOf('condition')).toEqual(plugins('conditions'));
    expect(tableOf('action')).toEqual(plugins('actions'));
    expect(tableOf('sink')).toEqual(plugins('sinks'));
    const { $defs } = JSON.parse(read('schemas/rules.schema.json')) as { $defs: { rule: { properties: object } } };
    expect(tableOf('key')).toEqual(Object.keys($defs.rule.properties).sort());
    const sentence = /^Measures: .*?\./ms.exec(readme)?.[0] ?? '';
    expect([...sentence.matchAll(/`(\w+)`/g)].map(([, name]) => name).sort()).toEqual([...MEASURES].sort());
  });

  it('names only what the library exports', async () => {
    const library = (await import('../src/index.ts')) as Record<string, unknown>;
    const imports = [...readme.matchAll(/import \{ ([^}]+) \} from 'psstop'/g)].flatMap(([, names = '']) =>
      names.split(', '),
    );
    expect(imports.length).toBeGreaterThan(0);
    expect(imports.filter((name) => library[name] === undefined)).toEqual([]);
  });

  it('installs the unit as the unit file says', () => {
    const unit = read('examples/psstop.service');
    const steps = [...unit.matchAll(/^# {3}(\S.*?)(?: {2,}#.*)?$/gm)].map(([, command = '']) => command);
    for (const step of steps) expect(readme).toContain(step);
  });
});

describe('examples/metrics.md', () => {
  it('lists every metric that there is', () => {
    expect(METRICS.exec(read('examples/metrics.md'))?.[1]).toBe(metricTable());
  });
});

describe('the repository', () => {
  it('pins its packages without naming a registry', () => {
    expect(read('package-lock.json')).not.toMatch(/"resolved"/);
  });
});
