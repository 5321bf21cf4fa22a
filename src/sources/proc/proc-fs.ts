import { statfsSync } from 'node:fs';

/** PROC_SUPER_MAGIC (statfs(2)). */
const PROC = 0x9fa0;

/** Is this a proc file system of the running kernel, and not a folder that looks like one? */
export function isProc(root: string): boolean {
  try {
    return statfsSync(root).type === PROC;
  } catch {
    return false;
  }
}
