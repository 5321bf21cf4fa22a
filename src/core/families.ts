import type { ParentLookup, ProcessInfo, Snapshot } from './types.ts';

/** A process under its parent. */
interface Kin<T> {
  readonly process: ProcessInfo;
  parent: Kin<T> | undefined;
  /** What was found of it when it was last asked for. */
  found: T | undefined;
  /** The snapshots it was last seen in, and in which it was last settled whether that still stands. */
  seen: Snapshot;
  settled: Snapshot | undefined;
  stands: boolean;
}

/**
 * Remembers what was found of each process by looking at those above it, for as long as none of them has changed: a process
 * that was renamed, or has another parent, is another object. Hot: asked for every process at every snapshot.
 */
export class Families<T> {
  readonly #byPid: Map<number, Kin<T>> = new Map();
  #snapshot: Snapshot | undefined;

  /** Takes over who is there. */
  meet(snapshot: Snapshot): void {
    const { processes } = snapshot;
    this.#snapshot = snapshot;
    for (let i = 0; i < processes.length; i += 1) {
      const process = processes[i]?.process;
      if (process === undefined) continue;
      const known = this.#byPid.get(process.pid);
      if (known?.process === process) known.seen = snapshot;
      else this.#byPid.set(process.pid, newcomer(process, snapshot));
    }
    if (this.#byPid.size === processes.length) return;
    this.#byPid.forEach(({ seen }, pid) => {
      if (seen !== snapshot) this.#byPid.delete(pid);
    });
  }

  /** What `find` says of a process that is there; what it said before where it would say the same. */
  of(process: ProcessInfo, find: (process: ProcessInfo, parents: ParentLookup) => T): T {
    const kin = this.#byPid.get(process.pid);
    if (kin === undefined) return find(process, this.#parents);
    if (!this.#stands(kin) || kin.found === undefined) kin.found = find(process, this.#parents);
    return kin.found;
  }

  readonly #parents: ParentLookup = (pid) => this.#byPid.get(pid)?.process;

  /** Whether it and all above it are as they were at the last snapshot. A ring, which only a made-up or racing /proc has, ends where it began. */
  #stands(kin: Kin<T>): boolean {
    if (kin.settled === this.#snapshot) return kin.stands;
    const { ppid, pid } = kin.process;
    const parent = ppid > 0 && ppid !== pid ? this.#byPid.get(ppid) : undefined;
    const same = kin.settled !== undefined && parent === kin.parent;
    kin.settled = this.#snapshot;
    kin.stands = same;
    kin.parent = parent;
    kin.stands = (parent === undefined || this.#stands(parent)) && same;
    return kin.stands;
  }
}

function newcomer<T>(process: ProcessInfo, snapshot: Snapshot): Kin<T> {
  return { process, parent: undefined, found: undefined, seen: snapshot, settled: undefined, stands: false };
}
