import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { escapeControls } from '../core/escape.ts';
import { whoElseCanChange } from './permissions.ts';

/**
 * Finds a user's JavaScript or TypeScript module, and refuses one that others could have changed: psstop often runs as root.
 * @returns its URL, another one whenever the file has changed, so that it is loaded anew. @throws Error that says what is wrong.
 */
export function findModule(file: string): string {
  const shown = escapeControls(file);
  const language = /\.[cm]?([jt])s$/.exec(file)?.[1];
  if (!isAbsolute(file)) throw new Error(`"${shown}" is not an absolute path`);
  if (language === undefined)
    throw new Error(`"${shown}" is no module: its name must end in .js, .mjs, .cjs, .ts or .mts`);
  if (language === 't' && !stripsTypes()) {
    throw new Error(
      `TypeScript modules need Node.js 22.18, 23.6 or newer, and this is ${process.versions.node}: compile ${shown} to JavaScript`,
    );
  }
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) throw new Error(`there is no file ${shown}`);
  const danger = whoElseCanChange(file, stat);
  if (danger !== undefined) throw new Error(danger);
  return `${pathToFileURL(file)}?${stat.mtimeMs}`;
}

/**
 * To be called before a thread is started for somebody else's code. In loops that V8's compiler Maglev has replaced while they
 * ran, a thread of Node 24 does not notice that it is to end: one that takes too much memory took it all, and could not be
 * terminated, in 4 of 10 trials; without Maglev in none of 21. Node 20 and 21 do not use it.
 */
export function keepThreadsEndable(): void {
  setFlagsFromString('--no-maglev');
}

/** True where Node removes types by itself (https://nodejs.org/api/typescript.html). */
function stripsTypes(): boolean {
  return Boolean((process.features as { typescript?: string | false }).typescript);
}
