import type { Members } from './members.ts';
import type { Roster } from './roster.ts';
import type { ProcessInfo, ProcessSample, Selector, Snapshot } from './types.ts';

/** Gives every process of a snapshot to the groups that it counts for. Hot. */
export function assign(roster: Roster, snapshot: Snapshot): void {
  const { processes } = snapshot;
  for (const partition of roster.partitions) partition.begin(snapshot);
  roster.meet(processes);
  for (let i = 0; i < processes.length; i += 1) {
    const sample = processes[i];
    if (sample) enterAll(roster.groupsAt(i), sample, snapshot);
  }
}

function enterAll(groups: readonly Members[], sample: ProcessSample, snapshot: Snapshot): void {
  for (let i = 0; i < groups.length; i += 1) {
    const group = groups[i];
    if (group === undefined || !isOfAge(sample.process, group.age, snapshot.uptime)) continue;
    if (group.snapshot !== snapshot) group.begin(snapshot);
    group.add(sample);
  }
}

/** Whether a process is as old at an uptime (ms) as a selection wants it. */
export function isOfAge({ startedAt }: ProcessInfo, age: Selector['age'], uptime: number): boolean {
  if (age === undefined) return true;
  const ms = uptime - startedAt;
  return ms > (age.above ?? -1) && ms < (age.below ?? Number.POSITIVE_INFINITY);
}
