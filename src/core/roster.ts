import { type Group, groupOf } from './group.ts';
import type { Members } from './members.ts';
import { Partition } from './partition.ts';
import type { RuleMemory } from './rule-memory.ts';
import type { GroupBy, ParentLookup, ProcessInfo, ProcessSample } from './types.ts';

/** A process that is there, and the groups that it counts for. */
interface Entry {
  readonly process: ProcessInfo;
  /** Its pid and its parent's, where they are at hand. */
  readonly pid: number;
  readonly ppid: number;
  /** Where it stands in the list. */
  at: number;
  groups: readonly Members[];
}

const NOWHERE: readonly Members[] = [];
/** Where somebody stands who has come just now. */
const NEW = -1;

/**
 * Who is there, and the groups of all rules that each of them counts for. Found once, as long as a process is the same
 * object, as are those above it where a selection looks at them. Hot: gone through for every process at every snapshot.
 */
export class Roster {
  readonly partitions: readonly Partition[];
  /** Whether a selection depends on other processes: those above. */
  readonly #changing: boolean;
  #entries: readonly Entry[] = [];
  readonly #byPid: Map<number, Entry> = new Map();

  constructor(ofRules: Iterable<RuleMemory>) {
    this.partitions = divide(ofRules);
    this.#changing = this.partitions.some(({ select }) => select.changing);
  }

  /** The groups of the process that stands at an index in the list that was met last. */
  groupsAt(index: number): readonly Members[] {
    return this.#entries[index]?.groups ?? NOWHERE;
  }

  /** The groups of a process; undefined where it is not there any more. */
  groupsOf(process: ProcessInfo): readonly Group[] | undefined {
    const known = this.#byPid.get(process.pid);
    return known?.process === process ? known.groups : undefined;
  }

  /** Takes over who is there: nearly always those who were there before, in the same order. */
  meet(processes: readonly ProcessSample[]): void {
    const before = this.#entries;
    let same = 0;
    while (same < processes.length && before[same]?.process === processes[same]?.process) same += 1;
    if (same === processes.length && same === before.length) return;
    const moved = this.#lineUp(processes, same);
    if (this.#changing) this.#addDescendants(moved);
    for (const pid of moved) {
      const entry = this.#byPid.get(pid);
      if (entry) this.#place(entry);
    }
  }

  /** Lines up those who stand behind an index anew. @returns the pids of who came and of who left. */
  #lineUp(processes: readonly ProcessSample[], index: number): Set<number> {
    const before = this.#entries;
    const entries = before.slice(0, index);
    const moved = new Set<number>();
    let next = index;
    for (let i = index; i < processes.length; i += 1) {
      const process = processes[i]?.process;
      if (process === undefined) continue;
      const expected = before[next];
      const entry = expected?.process === process ? expected : this.#entryOf(process, moved);
      if (entry.at !== NEW) next = entry.at + 1;
      entry.at = entries.push(entry) - 1;
    }
    this.#entries = entries;
    if (this.#byPid.size !== entries.length) this.#dismiss(moved);
    return moved;
  }

  #entryOf(process: ProcessInfo, moved: Set<number>): Entry {
    const known = this.#byPid.get(process.pid);
    if (known?.process === process) return known;
    if (known) leave(known);
    const { pid, ppid } = process;
    const entry: Entry = { process, pid, ppid, at: NEW, groups: NOWHERE };
    this.#byPid.set(pid, entry);
    moved.add(pid);
    return entry;
  }

  /** Forgets those who are not in the list any more. */
  #dismiss(moved: Set<number>): void {
    this.#byPid.forEach((entry, pid) => {
      if (this.#entries[entry.at] === entry) return;
      this.#byPid.delete(pid);
      leave(entry);
      moved.add(pid);
    });
  }

  /** Adds those who have one of them above them. */
  #addDescendants(moved: Set<number>): void {
    let size: number;
    do {
      size = moved.size;
      for (let i = 0; i < this.#entries.length; i += 1) {
        const entry = this.#entries[i];
        if (entry && moved.has(entry.ppid)) moved.add(entry.pid);
      }
    } while (moved.size > size);
  }

  /** Finds the groups of a process, which may be those that it has. */
  #place(entry: Entry): void {
    const groups = this.#find(entry.process);
    for (const group of groups) group.hold();
    leave(entry);
    entry.groups = groups;
  }

  #find(process: ProcessInfo): readonly Members[] {
    const found: Members[] = [];
    const named = new Map<GroupBy, Group | undefined>();
    for (const partition of this.partitions) {
      const { select, by } = partition;
      if (!select.matches(process, this.#parents)) continue;
      // With many partitions a group's texts are most of what a process takes: those that group alike share them.
      const shared = by !== 'host' && by !== 'tree';
      const group = (shared && named.get(by)) || groupOf(process, by, { selector: select, parents: this.#parents });
      if (shared) named.set(by, group);
      if (group) found.push(partition.group(group));
    }
    return found.length > 0 ? found : NOWHERE;
  }

  readonly #parents: ParentLookup = (pid) => this.#byPid.get(pid)?.process;
}

/** It counts for nothing any more. */
function leave(entry: Entry): void {
  for (const group of entry.groups) group.release();
  entry.groups = NOWHERE;
}

/** The partitions of all rules. */
function divide(ofRules: Iterable<RuleMemory>): readonly Partition[] {
  const partitions: Partition[] = [];
  for (const ofRule of ofRules) {
    let partition = partitions.find((one) => one.suits(ofRule.rule));
    if (partition === undefined) {
      partition = new Partition(ofRule.rule);
      partitions.push(partition);
    }
    partition.add(ofRule);
  }
  return partitions;
}
