import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesBelow, type Graph, heavyImports, pluginFiles, readGraph, unreached } from './architecture/graph.ts';
import { textFaults } from './architecture/text.ts';

const ROOT = new URL('..', import.meta.url).pathname.replace(/\/$/, '');

describe('the house', () => {
  let graph: Graph;
  beforeAll(async () => {
    graph = await readGraph(ROOT);
  });

  it('is seen whole: the cruise found every module and what it imports', () => {
    const seen = graph.modules.map(({ source }) => source).filter((file) => file.startsWith('src/'));
    expect(seen.sort()).toEqual(filesBelow(ROOT, 'src').sort());
    const advance = graph.modules.find(({ source }) => source === 'src/core/advance.ts');
    expect(advance?.dependencies.map(({ resolved }) => resolved)).toContain('src/core/types.ts');
  });

  it('keeps its floors, has no cycles and nothing missing', () => {
    expect(graph.violations).toEqual([]);
  });

  it('has no file that nothing reaches', () => {
    expect(unreached(graph)).toEqual([]);
  });

  it('loads no heavy library with the daemon', () => {
    // The commands are loaded by name, so that the others cost nothing.
    const daemon = ['src/cli/main.ts', 'src/cli/cli.ts', 'src/cli/commands/watch.ts', 'src/cli/watch/watch.ts'];
    for (const file of daemon) expect(existsSync(join(ROOT, file)), file).toBe(true);
    expect(heavyImports(graph, daemon)).toEqual([]);
  });

  it('loads no heavy library with a plugin, before a rule uses it', () => {
    expect(pluginFiles(graph).length).toBeGreaterThan(10);
    expect(heavyImports(graph, pluginFiles(graph))).toEqual([]);
  });

  it('keeps the rules that are seen in single files', () => {
    expect(textFaults(ROOT)).toEqual([]);
  });
});

/** A small tree with one fault for each rule, so that a guard that sees nothing is itself seen. */
describe('the guards', () => {
  const root = mkdtempSync(join(tmpdir(), 'psstop-architecture-'));
  let graph: Graph;
  afterAll(() => rmSync(root, { recursive: true }));
  beforeAll(async () => {
    for (const [file, text] of Object.entries(PLANTED)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    symlinkSync(join(ROOT, 'package.json'), join(root, 'package.json'));
    graph = await readGraph(root);
  });

  it('see what breaks the floors', () => {
    expect([...graph.violations].sort()).toEqual([
      'core-imports-nothing: src/core/clock.ts -> fs',
      'core-imports-nothing: src/core/floor.ts -> src/engine/run.ts',
      expect.stringMatching(/^core-imports-nothing: src\/core\/library\.ts -> .*node_modules\/yaml\//),
      'files-know-only-core: src/files/climber.ts -> src/engine/run.ts',
      'files-know-only-core: src/http/dialler.ts -> src/files/climber.ts',
      'no-cycle: src/core/one.ts -> src/core/two.ts',
      expect.stringMatching(/^no-development-tools: src\/engine\/tool\.ts -> .*node_modules\/vitest\//),
      'no-neighbours: src/engine/noun.ts -> src/sinks/heavy.ts',
      'no-neighbours: src/engine/run.ts -> src/config/load.ts',
      'nothing-missing: src/engine/lost.ts -> ./nowhere.ts',
    ]);
  });

  it('see what nothing reaches, and know what is reached without an import', () => {
    const stray = unreached(graph);
    expect(stray).toContain('src/engine/stray.ts');
    expect(stray).not.toContain('src/config/child.ts');
    expect(stray).not.toContain('src/sinks/heavy.ts');
    expect(stray).not.toContain('src/cli/commands/lazy.ts');
  });

  it('see a heavy library at the top of a module, and let a later import pass', () => {
    expect(heavyImports(graph, ['src/cli/commands/watch.ts'])).toEqual([expect.stringMatching(/node_modules\/ajv\//)]);
    expect(heavyImports(graph, ['src/sinks/heavy.ts'])).toEqual([expect.stringMatching(/node_modules\/yaml\//)]);
    expect(heavyImports(graph, ['src/cli/commands/lazy.ts'])).toEqual([]);
  });

  it('see what is wrong in single files', () => {
    expect(textFaults(root).sort()).toEqual([
      'extra: has no place at the top',
      'src/core/bytes.ts: asks a clock, waits, or needs Node',
      'src/core/late.ts: asks a clock, waits, or needs Node',
      'src/core/now.ts: asks a clock, waits, or needs Node',
      'src/engine/default.ts: has a default export',
      'src/engine/here.ts: asks where it lies; ROOT of src/files/root.ts tells',
      'src/engine/leave.ts: touches process.argv or process.exit',
      'src/engine/leave2.ts: touches process.argv or process.exit',
      'src/engine/long.ts: is too long',
      "src/engine/utils/x.ts: the folder's name says nothing",
      'src/sinks/nothing.ts: is a plugin without a default export',
    ]);
  });
});

const PLANTED: Record<string, string> = {
  'extra/x': '',
  'test/x.test.ts': '',
  'src/index.ts': "import './core/one.ts';",
  'src/cli/main.ts': "process.exit(await import('./commands/watch.ts').then((it) => it.x));",
  'src/cli/commands/watch.ts': "import '../../config/load.ts';\nexport const x = await import('./lazy.ts');",
  'src/cli/commands/lazy.ts': "import type { Document } from 'yaml';\nexport const y: Document = await import('yaml');",
  'src/config/load.ts': "import 'ajv/dist/2020.js';\nexport const child = new URL('config/child.js', ROOT);",
  'src/config/child.ts': "import 'yaml';",
  'src/core/one.ts': "import { type B } from './two.ts';\nexport type A = B;",
  'src/core/two.ts': "import type { A } from './one.ts';\nexport type B = A;",
  'src/core/clock.ts': "import 'node:fs';",
  'src/core/bytes.ts': "export const bytes = Buffer.from('x');",
  'src/core/late.ts': '/** Not async. */\nexport const late = async () => 1;',
  'src/core/now.ts': '// new Date()\nexport const now = () => Date.now();',
  'src/core/one-moment.ts': 'export const day = (time: number) => new Date(time).getUTCDay();',
  'src/core/library.ts': "import 'yaml';",
  'src/core/floor.ts': "import type { R } from '../engine/run.ts';\nexport type S = R;",
  'src/engine/run.ts': "import '../config/load.ts';\nexport type R = 1;",
  'src/engine/noun.ts': "import type { H } from '../sinks/heavy.ts';\nexport type N = H;",
  'src/engine/lost.ts': "import './nowhere.ts';",
  'src/engine/tool.ts': "import 'vitest';",
  'src/engine/stray.ts': 'export const stray = 1;',
  'src/engine/here.ts': 'export const here = import.meta.url;',
  'src/engine/leave.ts': 'process.exit(1);',
  'src/engine/leave2.ts': "import { argv } from 'node:process';\nexport const a = argv;",
  'src/engine/innocent.ts': '// never process.exit here\nprocess.exitCode = 1; /* process.argv */',
  'src/engine/default.ts': 'export default 1;',
  'src/engine/long.ts': 'export {};\n'.repeat(201),
  'src/files/climber.ts': "import '../engine/run.ts';",
  'src/http/dialler.ts': "import '../files/climber.ts';",
  'src/engine/utils/x.ts': 'export {};',
  'src/sinks/heavy.ts': "import 'yaml';\nexport type H = 1;\nexport default {};",
  'src/sinks/nothing.ts': 'export {};',
};
