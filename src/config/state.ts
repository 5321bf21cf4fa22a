import { readFileSync, statSync } from 'node:fs';
import type { Digests } from './data.ts';
import { digestOf, rulesFiles } from './files.ts';

/** What one file was when it was looked at. */
interface FileState {
  /** Device, inode, size and times: equal as long as nobody touched it. */
  readonly stamp: string;
  /** Of the contents; or why they can't be read. */
  readonly hash: string;
}

/** The files behind a set of paths, by path. */
export type FilesState = ReadonlyMap<string, FileState>;

/** Looks at every file behind paths of files and folders. Contents are read only where the stamp is not the one in `known`. */
export function lookAt(paths: readonly string[], known: FilesState = new Map()): FilesState {
  const state = new Map<string, FileState>();
  for (const file of paths.flatMap(list)) {
    const stamp = stampOf(file);
    const before = known.get(file);
    state.set(file, before !== undefined && before.stamp === stamp ? before : { stamp, hash: hashOf(file) });
  }
  return state;
}

/** The files as they were when they were loaded, seen from a look that came later: what has changed since has another stamp. */
export function asLoaded(now: FilesState, digests: Digests): FilesState {
  const read = new Set(Object.values(digests));
  // One file named by two paths is read by one of them only.
  const known = [...now].filter(([file, { hash }]) => digests[file] === hash || (!(file in digests) && read.has(hash)));
  const changed = Object.entries(digests).filter(([file, hash]) => now.get(file)?.hash !== hash);
  return new Map([...known, ...changed.map(([file, hash]) => [file, { stamp: 'as loaded', hash }] as const)]);
}

/** The files that two looks see differently: other contents, come or gone. */
export function differences(a: FilesState, b: FilesState): string[] {
  const files = new Set([...a.keys(), ...b.keys()]);
  return [...files].filter((file) => a.get(file)?.hash !== b.get(file)?.hash).sort();
}

/** True when no file was touched between two looks. */
export function untouched(a: FilesState, b: FilesState): boolean {
  return a.size === b.size && [...a].every(([file, { stamp }]) => b.get(file)?.stamp === stamp);
}

function list(path: string): string[] {
  try {
    return rulesFiles(path);
  } catch {
    // It may be absent for a moment, or for good: then it holds nothing, and loading says so.
    return [path];
  }
}

function stampOf(file: string): string {
  try {
    const { dev, ino, size, mode, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return [dev, ino, size, mode, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    return codeOf(error);
  }
}

function hashOf(file: string): string {
  try {
    return digestOf(readFileSync(file));
  } catch (error) {
    return codeOf(error);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
