import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';

/** Folders of floor 2: each knows `core`, `files`, `http` and itself. */
const FLOOR_2 = 'sources|conditions|actions|sinks|export|config|store|engine';

/** Libraries that the daemon must not hold: they cost more memory than all the rest of it. */
const HEAVY = /node_modules\/(yaml|ajv|nodemailer|execa|koffi|re2js|@marcbachmann\/cel-js)\//;

/** Files that are found by listing their folder, not by an import. */
const PLUGIN = /^src\/(conditions|actions|sinks)\/[^/]+\.ts$/;

const OPTIONS: ICruiseOptions = {
  validate: true,
  // An import of a type is an import: the floors hold for the nouns too.
  tsPreCompilationDeps: true,
  doNotFollow: { path: 'node_modules' },
  enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['node', 'import', 'default'] },
  ruleSet: {
    forbidden: [
      {
        name: 'no-cycle',
        severity: 'error',
        from: {},
        // A cycle through an import at run time is one of names only: help is a command, and lists the commands.
        to: { circular: true, viaOnly: { dependencyTypesNot: ['dynamic-import'] } },
      },
      { name: 'core-imports-nothing', severity: 'error', from: { path: '^src/core/' }, to: { pathNot: '^src/core/' } },
      // What several folders of floor 2 need of the file system, or to post to a server: Node's own modules and core, nothing else.
      {
        name: 'files-know-only-core',
        severity: 'error',
        from: { path: '^src/(files|http)/' },
        to: { path: '^src/', pathNot: '^src/(core|$1)/' },
      },
      {
        name: 'no-neighbours',
        severity: 'error',
        from: { path: `^src/(${FLOOR_2})/` },
        to: { path: '^src/', pathNot: '^src/(core|files|http|$1)/' },
      },
      { name: 'nothing-missing', severity: 'error', from: {}, to: { couldNotResolve: true } },
      {
        name: 'no-development-tools',
        severity: 'error',
        from: {},
        to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
      },
    ],
  },
};

/** The modules under `root`/src and what they import. */
export interface Graph {
  readonly root: string;
  readonly modules: ICruiseResult['modules'];
  /** `rule: from -> to` */
  readonly violations: readonly string[];
}

/** Reads the import graph of a tree, relative to `root`, and checks the floors. */
export async function readGraph(root: string): Promise<Graph> {
  const { output } = await cruise(['src'], { ...OPTIONS, baseDir: root });
  if (typeof output === 'string') throw new Error(`dependency-cruiser: ${output}`);
  const violations = output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
  return { root, modules: output.modules, violations };
}

/** All files below a folder of `root`, relative to `root`. */
export function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

/**
 * Modules that nothing reaches: not the program, not the library, not the listing of a plugin folder, and no
 * `new URL('config/child.js', ROOT)`, which is how a helper process is started.
 */
export function unreached(graph: Graph): string[] {
  const own = graph.modules.filter(({ source }) => source.startsWith('src/'));
  const edges = new Map(
    own.map((module) => [module.source, [...imports(module), ...children(graph.root, module.source)]]),
  );
  const entries = own
    .map(({ source }) => source)
    .filter((file) => /^src\/(index|cli\/main)\.ts$/.test(file) || PLUGIN.test(file));
  const reached = closure(entries, (file) => edges.get(file) ?? []);
  return own.map(({ source }) => source).filter((file) => !reached.has(file));
}

/** Heavy libraries that are loaded as soon as one of the `entries` is. Dynamic imports and types are not followed. */
export function heavyImports(graph: Graph, entries: readonly string[]): string[] {
  const edges = new Map(graph.modules.map((module) => [module.source, staticImports(module)]));
  return [...closure(entries, (file) => edges.get(file) ?? [])].filter((file) => HEAVY.test(file));
}

/** The plugins' files. */
export function pluginFiles(graph: Graph): string[] {
  return graph.modules.map(({ source }) => source).filter((file) => PLUGIN.test(file));
}

type Module = ICruiseResult['modules'][number];

function imports(module: Module): string[] {
  return module.dependencies.map(({ resolved }) => resolved);
}

function staticImports(module: Module): string[] {
  return module.dependencies
    .filter((dependency) => !dependency.dynamic && !dependency.dependencyTypes.includes('type-only'))
    .map(({ resolved }) => resolved);
}

function children(root: string, file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/new URL\('([^']+)\.js', ROOT\)/g)].map(([, path]) => `src/${path}.ts`);
}

function closure(entries: readonly string[], next: (file: string) => readonly string[]): Set<string> {
  const reached = new Set(entries);
  for (const file of reached) for (const other of next(file)) reached.add(other);
  return reached;
}
