import { advance } from '../../src/core/advance.ts';
import { emptyMemory } from '../../src/core/memory.ts';
import type { AlertEvent, Rule, Snapshot } from '../../src/core/types.ts';
import type { Arrival } from './receiver.ts';
import { ruleOf, snapshotAt } from './world.mjs';

/** The webhook's patience with its receiver, ms: an answer that comes later is lost. */
const TIMEOUT = 400;

/** What everybody has to hear who lives through all snapshots: beginnings and ends; reminders may give way. */
export function expectedEvents(seed: number, last: number): AlertEvent[] {
  const rules = [ruleOf([]) as Rule];
  const memory = emptyMemory();
  const all = Array.from({ length: last }, (_, index) => snapshotAt(seed, index + 1) as Snapshot);
  const events = all.flatMap((snapshot) => [...advance(memory, rules, snapshot)]);
  return events.filter(({ kind }) => kind === 'fired' || kind === 'resolved');
}

/** Everything in which a receiver's arrivals differ from what it had to hear, as sentences; and how often it heard something again. */
export function compare(expected: readonly AlertEvent[], arrivals: readonly Arrival[]) {
  const told = arrivals.filter(({ kind }) => kind !== 'reminded');
  const heard = new Set(told.map(({ id }) => id));
  const missing = expected.filter(({ id }) => !heard.has(id)).map(({ id }) => `never told: ${id}`);
  const faults = [...missing, ...misplaced(expected, told), ...repeated(told)];
  return { faults, heard: heard.size, again: told.length - heard.size };
}

/** What nobody was to hear of, and what came after something that followed it. */
function misplaced(expected: readonly AlertEvent[], told: readonly Arrival[]): string[] {
  const place = new Map(expected.map(({ id }, index) => [id, index]));
  const latest = new Map<string, number>();
  const heard = new Set<string>();
  return told.flatMap(({ id, target }) => {
    // What came of something that was still under way at an end follows that end, where the program lived to see it.
    const [end = id, outcome] = id.split('-done-');
    if (outcome !== undefined) return heard.has(end) ? [] : [`told what came of it, and not of its end: ${id}`];
    heard.add(id);
    const index = place.get(id);
    if (index === undefined) return [`nobody was to hear of ${id}`];
    const before = latest.get(target) ?? -1;
    latest.set(target, Math.max(index, before));
    return index < before ? [`told after what followed it: ${id}`] : [];
  });
}

/** What came again although the sender had been told that it came. */
function repeated(told: readonly Arrival[]): string[] {
  const before = new Map<string, Arrival>();
  return told.flatMap((arrival) => {
    const { id, life, at } = arrival;
    const earlier = before.get(id);
    before.set(id, arrival);
    const known = earlier?.acknowledged && earlier.life === life && at - earlier.at < TIMEOUT;
    return known ? [`told again although it was acknowledged: ${id}`] : [];
  });
}
