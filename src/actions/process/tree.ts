import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type Identity, isRunning, type ProcessStat, readStat } from './identity.ts';

const PROC = '/proc';
const LOOK_EVERY = 20;
/** How long the kernel is given to end what was killed, ms. A process in an uninterruptible wait may take longer. */
const KILL_WAIT = 1_000;

/**
 * Ends a process that was started as the leader of a session, and all it has started: its group, its session, and whoever
 * left both but still has it as an ancestor. TERM first, KILL after the grace (ms). @returns how many there were.
 */
export async function endTree(leader: number, grace: number): Promise<number> {
  const started = readStat(PROC, leader)?.start;
  const members = new Map<number, Identity>();
  const signalAll = (signal: NodeJS.Signals): void => {
    // When none of them is left, the leader's pid may be another's.
    const now = readStat(PROC, leader);
    if (now === undefined || now.start === started) {
      collect(leader, members);
      send(-leader, signal);
    }
    for (const member of members.values()) if (isRunning(PROC, member)) send(member.pid, signal);
  };
  signalAll('SIGTERM');
  if (!(await allGone(members, grace))) {
    // Collected again, since they may have started others meanwhile.
    signalAll('SIGKILL');
    await allGone(members, KILL_WAIT);
  }
  return members.size;
}

function collect(leader: number, members: Map<number, Identity>): void {
  const all = new Map<number, ProcessStat>();
  for (const name of readdirSync(PROC)) {
    const stat = /^\d+$/.test(name) ? readStat(PROC, Number(name)) : undefined;
    if (stat !== undefined) all.set(stat.pid, stat);
  }
  const belongs = (stat: ProcessStat): boolean => stat.session === leader || descends(stat, leader, all);
  for (const stat of all.values()) if (belongs(stat)) members.set(stat.pid, stat);
}

function descends(stat: ProcessStat, ancestor: number, all: ReadonlyMap<number, ProcessStat>): boolean {
  const seen = new Set<number>();
  let at: ProcessStat | undefined = stat;
  while (at !== undefined && !seen.has(at.pid)) {
    if (at.pid === ancestor) return true;
    seen.add(at.pid);
    at = all.get(at.ppid);
  }
  return false;
}

/** Whoever is gone already needs no signal, and whoever may not be signalled is counted as still there. */
function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {}
}

async function allGone(members: ReadonlyMap<number, Identity>, wait: number): Promise<boolean> {
  const end = performance.now() + wait;
  const left = (): boolean => [...members.values()].some((member) => isRunning(PROC, member));
  while (left()) {
    if (performance.now() >= end) return false;
    await pause(LOOK_EVERY);
  }
  return true;
}
