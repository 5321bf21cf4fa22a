import { type Identity, readStat } from './identity.ts';

/** Says why a process must not be signalled: it is the system's first, or psstop itself, its parent, or what it has started. @returns undefined when it may be. */
export function whyProtected(proc: string, { pid }: Identity): string | undefined {
  if (pid <= 1) return 'the first process';
  if (pid === process.pid) return 'psstop itself';
  if (pid === process.ppid) return "psstop's parent";
  const seen = new Set<number>();
  let at = readStat(proc, pid);
  while (at !== undefined && at.pid > 1 && !seen.has(at.pid)) {
    if (at.ppid === process.pid) return 'started by psstop';
    seen.add(at.pid);
    at = readStat(proc, at.ppid);
  }
  return undefined;
}
