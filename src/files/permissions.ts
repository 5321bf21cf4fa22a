import { realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

/**
 * Says who but root and this user could change a file, or what stands in its place: the file itself and every folder on
 * its way, as sshd's StrictModes does. A folder like /tmp is no danger: there nobody can move what belongs to others.
 * @returns what is wrong and what to do, or undefined.
 */
export function whoElseCanChange(file: string, stat: Stats = statSync(file)): string | undefined {
  const own = describeDanger(file, stat);
  if (own !== undefined) return own;
  for (const path of new Set([resolve(file), realpathSync(file)])) {
    for (let child = path, folder = dirname(path); child !== folder; child = folder, folder = dirname(folder)) {
      const stat = statSync(folder);
      const danger = (stat.mode & STICKY) === 0 || !trusted(stat) ? describeDanger(folder, stat) : undefined;
      if (danger !== undefined) return danger;
    }
  }
  return undefined;
}

function describeDanger(path: string, stat: Stats): string | undefined {
  const us = process.geteuid?.() ?? 0;
  if (!trusted(stat)) {
    const owner = us === 0 ? 'root' : `root or user ${us}`;
    return `${path} belongs to user ${stat.uid}, who could make psstop run anything: it must belong to ${owner}`;
  }
  if ((stat.mode & WRITABLE_BY_OTHERS) === 0) return undefined;
  const mode = (stat.mode & 0o7777).toString(8).padStart(4, '0');
  return `others can write to ${path} (mode ${mode}) and could make psstop run anything: run "chmod go-w ${path}"`;
}

function trusted({ uid }: Stats): boolean {
  return uid === 0 || uid === process.geteuid?.();
}
