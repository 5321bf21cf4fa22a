import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A process for certain: a pid alone may be somebody else by now. `start` is in clock ticks after boot. */
export interface Identity {
  readonly pid: number;
  readonly start: number;
}

/** What /proc/PID/stat says of a process (proc_pid_stat(5)). */
export interface ProcessStat extends Identity {
  /** R, S, D, Z (ended, not yet collected) … */
  readonly state: string;
  readonly ppid: number;
  readonly session: number;
}

/** Reads a process's stat file, which never hangs. @returns undefined when there is no such process. */
export function readStat(proc: string, pid: number): ProcessStat | undefined {
  let text: string;
  try {
    text = readFileSync(join(proc, String(pid), 'stat'), 'latin1');
  } catch {
    return undefined;
  }
  // The name in brackets may hold brackets, blanks and line feeds: what counts comes after the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const start = Number(fields[19]);
  if (!Number.isSafeInteger(start)) return undefined;
  return { pid, start, state: fields[0] ?? '', ppid: Number(fields[1]), session: Number(fields[3]) };
}

/** Whether this very process is still running; one that has ended and waits to be collected is not. */
export function isRunning(proc: string, { pid, start }: Identity): boolean {
  const found = readStat(proc, pid);
  return found !== undefined && found.start === start && !'ZX'.includes(found.state);
}
