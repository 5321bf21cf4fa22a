import { statSync } from 'node:fs';
import { readText } from './files.ts';

/** Names for uids from a passwd file (passwd(5)), read again when it changed. */
export interface Users {
  /** The name, or the number as text where the file has none. */
  name(uid: number): string;
  /** Looks whether the file changed. @returns true when names may be different now. */
  refresh(): boolean;
}

/** Reads users from `path`; a missing or broken file gives numbers. */
export function users(path: string): Users {
  let names = new Map<number, string>();
  let version = '';

  function refresh(): boolean {
    const stat = statSync(path, { throwIfNoEntry: false });
    const found = stat === undefined ? 'none' : `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
    if (found === version) return false;
    version = found;
    names = parsePasswd(readText(path) ?? '');
    return true;
  }

  return { refresh, name: (uid) => names.get(uid) ?? String(uid) };
}

/** The first name of each uid. */
function parsePasswd(text: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , uid] = line.split(':');
    if (name && uid && /^\d+$/.test(uid) && !names.has(Number(uid))) names.set(Number(uid), name);
  }
  return names;
}
