import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from './graph.ts';

/** Longest file, in lines. */
const LINES = 200;

/** All that may stand at the top of the repository besides dot files. */
const TOP = [
  'LICENSE.md',
  'README.md',
  'examples',
  'package-lock.json',
  'package.json',
  'rules',
  'schemas',
  'src',
  'test',
  'tsconfig.json',
];

/** Made by the tools and ignored by git. */
const MADE = ['build', 'coverage', 'dist', 'node_modules'];

/** Names of folders that say nothing of what is in them. */
const VAGUE = /(^|\/)(util|utils|helper|helpers|common|lib|misc|shared)\//;

/** Breaks of the house's rules that can be seen in single files: `file: what`. */
export function textFaults(root: string): string[] {
  const sources = filesBelow(root, 'src');
  return [
    ...readdirSync(root)
      .filter((entry) => !entry.startsWith('.') && ![...TOP, ...MADE].includes(entry))
      .map((entry) => `${entry}: has no place at the top`),
    ...[...sources, ...filesBelow(root, 'test')]
      .filter((file) => VAGUE.test(file))
      .map((file) => `${file}: the folder's name says nothing`),
    ...sources.filter((file) => file.endsWith('.ts')).flatMap((file) => fileFaults(root, file)),
  ];
}

function fileFaults(root: string, file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const code = text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '');
  const faults: string[] = [];
  if (text.split('\n').length - 1 > LINES) faults.push('is too long');
  if (/\bprocess\.(argv|exit)\b|from '(node:)?process'/.test(code) && file !== 'src/cli/main.ts') {
    faults.push('touches process.argv or process.exit');
  }
  // Comes with Node and needs no import, so that no cruise sees it.
  if (
    /\b(Buffer|performance|setTimeout|setInterval|setImmediate|async|await)\b|\bDate\.now\b|\bnew Date\(\)/.test(
      code,
    ) &&
    file.startsWith('src/core/')
  )
    faults.push('asks a clock, waits, or needs Node');
  // Bundled, a module lies elsewhere.
  if (/\bimport\.meta\b/.test(code) && file !== 'src/files/root.ts')
    faults.push('asks where it lies; ROOT of src/files/root.ts tells');
  const plugin = /^src\/(conditions|actions|sinks)\/[^/]+$/.test(file);
  if (/^export default\b/m.test(code) !== plugin) {
    faults.push(plugin ? 'is a plugin without a default export' : 'has a default export');
  }
  return faults.map((fault) => `${file}: ${fault}`);
}
