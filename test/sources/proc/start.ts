import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ProcNotice, ProcOptions } from '../../../src/sources/proc/options.ts';
import { type ProcSource, procSource } from '../../../src/sources/proc/source.ts';
import type { ProcTree } from '../proc-tree.ts';

/** The built reader: Node 20 can't run the TypeScript one. */
export const READER: string = fileURLToPath(new URL('../../../build/sources/proc/reader.js', import.meta.url));

/** A source on a made-up tree, or on the real /proc, with what it says. */
export interface Started {
  readonly source: ProcSource;
  readonly notices: ProcNotice[];
}

/** Starts a source with the built reader. The caller closes it. */
export function start(tree?: ProcTree, options: Partial<ProcOptions> = {}): Started {
  if (!existsSync(READER)) throw new Error(`build first (npm run build): ${READER} is missing`);
  const notices: ProcNotice[] = [];
  const where = tree && { root: tree.root, cgroupRoot: tree.cgroupRoot, passwd: tree.passwd };
  const source = procSource({
    interval: 5000,
    reader: READER,
    ...where,
    notice: (notice) => notices.push(notice),
    ...options,
  });
  return { source, notices };
}
