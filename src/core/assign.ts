import { type Group, groupOf } from './group.ts';
import type { Memory, Place, RuleMemory } from './memory.ts';
import type { GroupBy, ParentLookup, ProcessInfo, ProcessSample, Selector, Snapshot } from './types.ts';

/** Gives every process of a snapshot to the targets that it counts for. Hot: selecting is done once for each process. */
export function assign(memory: Memory, snapshot: Snapshot): void {
  const ofRules = [...memory.byRule.values()];
  for (const ofRule of ofRules) {
    const { when, by } = ofRule.rule;
    if (when.wholeSelection && by === 'host') ofRule.target(ofRule.everybody.group, snapshot);
  }
  const steady = ofRules.filter(({ rule }) => !rule.select.changing);
  snapshot.processes.forEach((sample) => {
    let places = memory.places.get(sample.process);
    if (places === undefined) {
      places = placesOf(sample.process, steady, nobody);
      memory.places.set(sample.process, places);
    }
    enterAll(places, sample, snapshot);
  });
  const changing = ofRules.filter(({ rule }) => rule.select.changing);
  if (changing.length > 0) assignFamilies(memory, changing, snapshot);
}

/** Rules whose selection depends on other processes: those above. */
function assignFamilies({ families }: Memory, changing: readonly RuleMemory[], snapshot: Snapshot): void {
  families.meet(snapshot);
  const find = (process: ProcessInfo, parents: ParentLookup) => placesOf(process, changing, parents);
  snapshot.processes.forEach((sample) => {
    enterAll(families.of(sample.process, find), sample, snapshot);
  });
}

function placesOf(process: ProcessInfo, ofRules: readonly RuleMemory[], parents: ParentLookup): readonly Place[] {
  let places: Place[] | undefined;
  let groups: Map<GroupBy, Group | undefined> | undefined;
  for (const ofRule of ofRules) {
    const { select, by } = ofRule.rule;
    if (!select.matches(process, parents)) continue;
    places ??= [];
    if (by === 'host') {
      places.push(ofRule.everybody);
      continue;
    }
    // Rules that group alike share the group: with a hundred of them its texts are most of what a process takes.
    const known = groups?.get(by);
    const group = known ?? groupOf(process, by, { selector: select, parents });
    groups ??= new Map();
    if (by !== 'tree') groups.set(by, group);
    if (group) places.push({ ofRule, group, age: select.age, target: undefined });
  }
  return places ?? NOWHERE;
}

const NOWHERE: readonly Place[] = [];

function enterAll(places: readonly Place[], sample: ProcessSample, snapshot: Snapshot): void {
  for (let i = 0; i < places.length; i += 1) {
    const place = places[i];
    if (place) enter(place, sample, snapshot);
  }
}

function enter(place: Place, sample: ProcessSample, snapshot: Snapshot): void {
  if (!isOfAge(sample.process, place.age, snapshot.uptime)) return;
  if (place.target === undefined || place.target.dropped) place.target = place.ofRule.target(place.group, snapshot);
  else if (place.target.snapshot !== snapshot) place.target.begin(snapshot);
  place.target.add(sample);
}

/** Whether a process is as old at an uptime (ms) as a selection wants it. */
export function isOfAge({ startedAt }: ProcessInfo, age: Selector['age'], uptime: number): boolean {
  if (age === undefined) return true;
  const ms = uptime - startedAt;
  return ms > (age.above ?? -1) && ms < (age.below ?? Number.POSITIVE_INFINITY);
}

const nobody: ParentLookup = () => undefined;
