import { type Group, groupOf } from './group.ts';
import type { Memory, Place, RuleMemory } from './memory.ts';
import type { GroupBy, ParentLookup, ProcessInfo, ProcessSample, Snapshot } from './types.ts';

/** Gives every process of a snapshot to the targets that it counts for. Hot: selecting is done once for each process. */
export function assign(memory: Memory, snapshot: Snapshot): void {
  const ofRules = [...memory.byRule.values()];
  for (const ofRule of ofRules) {
    const { when, by } = ofRule.rule;
    if (when.wholeSelection && by === 'host') ofRule.target(ofRule.everybody.group, snapshot);
  }
  const steady = ofRules.filter(({ rule }) => !rule.select.changing);
  for (const sample of snapshot.processes) {
    let places = memory.places.get(sample.process);
    if (places === undefined) {
      places = placesOf(sample.process, steady, nobody);
      memory.places.set(sample.process, places);
    }
    for (const place of places) enter(place, sample, snapshot);
  }
  const changing = ofRules.filter(({ rule }) => rule.select.changing);
  if (changing.length > 0) assignAnew(changing, snapshot);
}

/** Rules whose selection depends on other processes are asked at every snapshot. */
function assignAnew(changing: readonly RuleMemory[], snapshot: Snapshot): void {
  const parents = parentsIn(snapshot);
  for (const sample of snapshot.processes) {
    for (const place of placesOf(sample.process, changing, parents)) enter(place, sample, snapshot);
  }
}

function placesOf(process: ProcessInfo, ofRules: readonly RuleMemory[], parents: ParentLookup): Place[] {
  const places: Place[] = [];
  const groups = new Map<GroupBy, Group | undefined>();
  for (const ofRule of ofRules) {
    const { select, by } = ofRule.rule;
    if (!select.matches(process, parents)) continue;
    if (by === 'host') {
      places.push(ofRule.everybody);
      continue;
    }
    // Rules that group alike share the group: with a hundred of them its texts are most of what a process takes.
    const known = groups.get(by);
    const group = known ?? groupOf(process, by, { selector: select, parents });
    if (by !== 'tree') groups.set(by, group);
    if (group) places.push({ ofRule, group, age: select.age, target: undefined });
  }
  return places;
}

function enter(place: Place, sample: ProcessSample, snapshot: Snapshot): void {
  const { age } = place;
  if (age !== undefined) {
    const ms = snapshot.uptime - sample.process.startedAt;
    if (ms <= (age.above ?? -1) || ms >= (age.below ?? Number.POSITIVE_INFINITY)) return;
  }
  if (place.target === undefined || place.target.dropped) place.target = place.ofRule.target(place.group, snapshot);
  else if (place.target.snapshot !== snapshot) place.target.begin(snapshot);
  place.target.add(sample);
}

function parentsIn(snapshot: Snapshot): ParentLookup {
  const byPid = new Map(snapshot.processes.map(({ process }) => [process.pid, process]));
  return (pid) => byPid.get(pid);
}

const nobody: ParentLookup = () => undefined;
