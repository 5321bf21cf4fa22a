import { existsSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../files/root.ts';
import { type Given, type OptionSpec, textOf, textsOf } from './options.ts';
import { Failure, UsageError } from './world.ts';

/** The options that say where configuration and rules stand. */
export const PLACE_OPTIONS: readonly OptionSpec[] = [
  { name: 'config', short: 'c', value: 'FILE', env: true, summary: 'configuration (default /etc/psstop/psstop.yaml)' },
  {
    name: 'rules',
    short: 'r',
    value: 'PATH',
    many: true,
    env: true,
    summary: 'rules: a file or a folder (default /etc/psstop/rules.d)',
  },
];

/** What the loader is to read. */
export interface Places {
  readonly config?: string;
  readonly rules?: readonly string[];
}

/** The rules that ship with psstop, two folders above this file both in src and in dist. */
const SHIPPED = fileURLToPath(new URL('../rules', ROOT));

/**
 * Where configuration and rules stand: what the command line says, else /etc/psstop, else the user's XDG folder. Where
 * there are no rules at all, those that ship with psstop. What was named has to be there.
 */
export function findPlaces(given: Given, env: NodeJS.ProcessEnv): Places {
  const folders = ['/etc/psstop', join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'psstop')];
  const config =
    named(textOf(given, 'config')) ?? folders.map((folder) => join(folder, 'psstop.yaml')).find(existsSync);
  const asked = textsOf(given, 'rules').map((path) => named(path) ?? path);
  if (asked.length > 0) return { ...(config && { config }), rules: asked };
  // A configuration file says itself where its rules are, or has them in rules.d beside it.
  if (config) return { config };
  return { rules: [folders.map((folder) => join(folder, 'rules.d')).find(existsSync) ?? SHIPPED] };
}

/** The proc file system that --proc names. @throws UsageError when there is no such folder. */
export function procRoot(given: Given): string | undefined {
  const path = textOf(given, 'proc');
  if (path !== undefined) checkProc(path);
  return path;
}

/** @throws UsageError when there is no such folder: the path was mistyped, or is not mounted. */
export function checkProc(path: string): void {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`there is no proc file system at ${path}`);
}

/** @throws Failure when the folder is no proc file system: watching it would see nothing, and say nothing. */
export function checkHasProcesses(path: string): void {
  if (!readdirSync(path).some((name) => name === 'meminfo' || /^\d+$/.test(name)))
    throw new Failure(`${path} is no proc file system: it has neither processes nor a meminfo`);
}

function named(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const absolute = resolve(path);
  if (!existsSync(absolute)) throw new UsageError(`there is no ${absolute}`);
  return absolute;
}
