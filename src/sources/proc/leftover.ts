import { readAccess } from './access.ts';
import { GONE, readFile, text } from './files.ts';
import { grep } from './grep.ts';
import { readMachine } from './machine.ts';

/** What became of processes whose memory a sweep did not read. */
export interface Leftover {
  /** How many have ended. */
  readonly gone: number;
  /** Whose memory may not be read, with the resident size in bytes. */
  readonly denied: ReadonlyMap<number, number>;
}

const ROOT = 0;

/**
 * Most of them have no memory, as kernel threads and zombies, or have ended. For what is left, grep's own words tell whether it was
 * refused. @returns undefined where they don't.
 */
export function settleLeftover(
  pids: readonly number[],
  where: { root: string; patience: number },
): Leftover | undefined {
  const denied = new Map<number, number>();
  let gone = 0;
  for (const pid of pids) {
    const length = readFile(`${where.root}/${pid}/statm`);
    const rss = length > 0 ? residentSize(text.toString('latin1', 0, length)) : undefined;
    if (length === GONE) gone++;
    else if (rss === undefined) return undefined;
    else if (rss > 0) denied.set(pid, rss);
  }
  return denied.size === 0 || areRefused([...denied.keys()], where) ? { gone, denied } : undefined;
}

/** The second figure of statm, which counts in pages, in bytes; it is 0 for who has no memory. */
function residentSize(statm: string): number | undefined {
  const pages = /^\d+ (\d{1,13}) /.exec(statm)?.[1];
  return pages === undefined ? undefined : Number(pages) * readMachine().page;
}

/** Capabilities of Node's own file (setcap) are not handed on to a grep: what it is refused, a reader of Node's may yet be allowed. */
function areRefused(pids: readonly number[], { root, patience }: { root: string; patience: number }): boolean {
  const { ptrace, perfmon } = readAccess(root);
  if ((ptrace || perfmon) && process.geteuid?.() !== ROOT) return false;
  const files = pids.map((pid) => `${pid}/smaps_rollup`);
  const answer = grep(root, { pattern: '^Pss:', files, patience });
  const refused = answer?.complaints.match(/^\S+ \d+\/smaps_rollup: Permission denied$/gm) ?? [];
  return refused.length === pids.length;
}
