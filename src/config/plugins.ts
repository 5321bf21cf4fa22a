import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf } from '../core/errors.ts';
import type { ActionPlugin, ConditionPlugin, SinkPlugin } from '../core/types.ts';
import { ROOT } from '../files/root.ts';

/** The three kinds of plugin; each has a folder of that name. */
export interface PluginKinds {
  readonly conditions: ConditionPlugin;
  readonly actions: ActionPlugin;
  readonly sinks: SinkPlugin;
}

/** Names of the kinds and of their folders. */
export const PLUGIN_KINDS: readonly (keyof PluginKinds)[] = ['conditions', 'actions', 'sinks'];

/** Finds plugins by name. Nothing is imported until it is asked for. */
export interface Plugins {
  names(kind: keyof PluginKinds): readonly string[];
  has(kind: keyof PluginKinds, name: string): boolean;
  /** @throws Error when there is no such plugin or its file has no default export. */
  get<K extends keyof PluginKinds>(kind: K, name: string): Promise<PluginKinds[K]>;
}

/**
 * Lists the plugins that come with psstop and, where a folder is given, the user's own in its subfolders `conditions`,
 * `actions` and `sinks`. A file's name is its plugin's name; a name can't be given to two plugins.
 */
export async function findPlugins(folder?: string): Promise<Plugins> {
  const files = new Map<string, string>();
  for (const kind of PLUGIN_KINDS) {
    await list(new URL(`${kind}/`, ROOT), kind, files);
    if (folder !== undefined) await list(pathToFileURL(`${join(folder, kind)}/`), kind, files);
  }
  const key = (kind: string, name: string): string => `${kind}/${name}`;
  return {
    names: (kind) =>
      [...files.keys()].filter((file) => file.startsWith(`${kind}/`)).map((file) => file.slice(kind.length + 1)),
    has: (kind, name) => files.has(key(kind, name)),
    async get(kind, name) {
      const file = files.get(key(kind, name));
      if (file === undefined) throw new Error(`there is no ${name} among the ${kind}`);
      const module = await load<PluginKinds[typeof kind]>(file);
      if (typeof module.default?.create !== 'function') throw new Error(`${file} does not export a plugin by default`);
      return module.default;
    },
  };
}

async function load<P>(file: string): Promise<{ default?: P }> {
  try {
    return (await import(file)) as { default?: P };
  } catch (error) {
    throw new Error(`${file} can't be loaded: ${messageOf(error)}`, { cause: error });
  }
}

async function list(folder: URL, kind: string, files: Map<string, string>): Promise<void> {
  for (const entry of await entries(folder)) {
    const name = /^([a-z][a-z0-9-]*)\.(?:ts|js|mjs)$/.exec(entry)?.[1];
    if (name === undefined) continue;
    const known = files.get(`${kind}/${name}`);
    if (known !== undefined)
      throw new Error(`${new URL(entry, folder).pathname}: ${name} is already the name of ${known}`);
    files.set(`${kind}/${name}`, new URL(entry, folder).href);
  }
}

/** A folder of the user's that is absent holds no plugins. */
async function entries(folder: URL): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
