import { readdirSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Entry, EntryContext } from './entry.ts';
import { readFile, text } from './files.ts';
import { newEntry, updateEntry } from './follow.ts';
import { monotonic } from './monotonic.ts';
import { emptyStat, parseStat } from './stat.ts';

/** The processes under a proc root, followed from scan to scan. */
export interface ProcessTable {
  /**
   * Looks at every process and hands on each that has memory. Kernel threads and zombies have none.
   * @returns how many ended between being listed and being looked at. @throws when the root can't be listed.
   */
  scan(found: (entry: Entry) => void): Promise<number>;
  /** The processes of the last scan, in the order of their pids as listed. */
  entries(): Iterable<Entry>;
  get(pid: number, start: number): Entry | undefined;
  forget(entry: Entry): void;
  /** Names of users changed: everything said about processes is to be said anew. */
  renewInfo(): void;
}

const stat = emptyStat();
const ZOMBIE = 90;
const DEAD = 88;
/** The event loop is let go after so many ms; the clock is looked at every so many processes. */
const SLICE = 10;
const STRIDE = 32;

/** Hot path: one stat file for each process, into one buffer. */
export function processTable(context: EntryContext): ProcessTable {
  const table = new Map<number, Entry>();
  let round = 0;

  function look(pid: number): Entry | undefined | 'gone' {
    if (!(pid > 0)) return undefined;
    const length = readFile(`${context.root}/${pid}/stat`);
    if (length < 0) return 'gone';
    if (!parseStat(text, length, stat) || stat.vsize === 0 || stat.state === ZOMBIE || stat.state === DEAD)
      return undefined;
    let entry = table.get(pid);
    if (entry === undefined || entry.start !== stat.start) {
      entry = newEntry(pid, stat, context);
      table.set(pid, entry);
    }
    entry.seen = round;
    updateEntry(entry, stat, context);
    return entry;
  }

  async function scan(found: (entry: Entry) => void): Promise<number> {
    round++;
    const pids = readdirSync(context.root);
    let gone = 0;
    let sliceEnd = monotonic() + SLICE;
    for (let i = 0; i < pids.length; i++) {
      const entry = look(Number(pids[i]));
      if (entry === 'gone') gone++;
      else if (entry !== undefined) found(entry);
      if (i % STRIDE !== 0 || monotonic() < sliceEnd) continue;
      await setImmediate();
      sliceEnd = monotonic() + SLICE;
    }
    dropUnseen();
    return gone;
  }

  function dropUnseen(): void {
    for (const entry of table.values()) if (entry.seen !== round) table.delete(entry.pid);
  }

  return {
    scan,
    entries: () => table.values(),
    get: (pid, start) => {
      const entry = table.get(pid);
      return entry?.start === start ? entry : undefined;
    },
    forget: (entry) => void (table.get(entry.pid) === entry && table.delete(entry.pid)),
    renewInfo: () => {
      for (const entry of table.values()) entry.info = undefined;
    },
  };
}

/** Start time of the process that has this pid now; undefined when there is none. */
export function startOf(root: string, pid: number): number | undefined {
  const length = readFile(`${root}/${pid}/stat`);
  return length >= 0 && parseStat(text, length, stat) ? stat.start : undefined;
}
