import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * Finds the file that a name stands for, and refuses one that others could have changed: psstop often runs as root.
 * @param path the folders to look in, as in PATH. @param runner the user it will run as, who may own it. @throws Error that says what is wrong.
 */
export function findProgram(name: string, path: string, runner?: number): string {
  const places = isAbsolute(name)
    ? [name]
    : path
        .split(delimiter)
        .filter(isAbsolute)
        .map((folder) => join(folder, name));
  const found = places.find(isFile);
  if (found === undefined) throw new Error(`there is no program ${name}${isAbsolute(name) ? '' : ` in ${path}`}`);
  try {
    accessSync(found, constants.X_OK);
  } catch {
    throw new Error(`${name} may not be executed: run chmod +x ${found}`);
  }
  const fault = whyUnsafe(statSync(found), runner);
  if (fault !== undefined) throw new Error(`${found} ${fault}: psstop does not run it`);
  return found;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** A file is safe when nobody but root, us or the user it runs as could have written it. */
function whyUnsafe({ mode, gid, uid }: Stats, runner: number | undefined): string | undefined {
  if (uid !== 0 && uid !== process.geteuid?.() && uid !== runner)
    return `belongs to another user (${uid}), run chown root`;
  const group = (mode & 0o020) !== 0 && gid !== 0 && gid !== process.getegid?.();
  return group || (mode & 0o002) !== 0 ? 'can be changed by others, run chmod go-w' : undefined;
}
