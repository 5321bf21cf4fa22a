import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import type { EventProcess } from '../../core/types.ts';
import { isRunning } from '../process/identity.ts';
import type { Holdings } from './smaps.ts';

/** What a process held when it was looked at first. */
export interface FirstLook {
  /** Unix ms. */
  readonly time: number;
  readonly held: Holdings;
}

/** Where first looks are kept, and the proc file system that tells whether their processes are still there. */
export interface LookFolder {
  readonly folder: string;
  readonly proc: string;
}

const OURS = /^first-look-(\d+)-(\d+)\.json$/;
/** So many mappings are remembered, the biggest: the others can't have held much. */
const MOST_MAPPINGS = 200;
/** So many processes are. */
const MOST_LOOKS = 100;
/** Clock ticks a second, in which /proc/PID/stat counts (USER_HZ of all Linux platforms that Node runs on). */
const TICKS = 100;
/** By so much the clock may have been set since, ms: what is older than its process by more is another one's, of an earlier boot. */
const CLOCK_SLACK = 60_000;

/** What was seen of a process first; undefined where it was never looked at. */
export function firstLook(
  { folder }: LookFolder,
  { pid, start }: Pick<EventProcess, 'pid' | 'start'>,
): FirstLook | undefined {
  try {
    const text = readFileSync(join(folder, nameOf(pid, start)), 'utf8');
    const { time, held } = JSON.parse(text) as { time: number; held: [string, number][] };
    const born = Date.now() - uptime() * 1e3 + (start / TICKS) * 1e3;
    return time < born - CLOCK_SLACK ? undefined : { time, held: new Map(held) };
  } catch {
    return undefined;
  }
}

/** Keeps what is seen of a process first, where nothing is kept yet; looks at processes that are gone are let go of. */
export function keepFirstLook({ folder, proc }: LookFolder, process: EventProcess, look: FirstLook): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let kept = 0;
  for (const name of readdirSync(folder)) {
    const [, pid, start] = OURS.exec(name) ?? [];
    if (pid === undefined) continue;
    if (isRunning(proc, { pid: Number(pid), start: Number(start) })) kept += 1;
    else rmSync(join(folder, name), { force: true });
  }
  if (kept >= MOST_LOOKS || firstLook({ folder, proc }, process) !== undefined) return;
  const held = [...look.held].sort(([, a], [, b]) => b - a).slice(0, MOST_MAPPINGS);
  const text = JSON.stringify({ time: look.time, held });
  writeFileSync(join(folder, nameOf(process.pid, process.start)), text, { mode: 0o600 });
}

function nameOf(pid: number, start: number): string {
  return `first-look-${pid}-${start}.json`;
}
