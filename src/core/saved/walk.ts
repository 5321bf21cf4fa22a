import type { Memory } from '../memory.ts';
import type { Target } from '../target.ts';
import type { AlertState } from '../types.ts';
import type { Place, SavedTarget } from './types.ts';

/** The alerts that are not idle. */
export function alertsIn({ active }: Memory): Map<Target, AlertState> {
  return new Map(active.map((target) => [target, target.alert]));
}

/** The targets that have histories. */
export function* withHistories(memory: Memory): Generator<Target, undefined> {
  for (const { rule, targets } of memory.byRule.values()) {
    if (rule.when.wants.length === 0) continue;
    for (const target of targets.values()) if (target.histories !== undefined) yield target;
  }
}

/** Whether a target is still judged. */
export function isKnown(memory: Memory, target: Target): boolean {
  return memory.byRule.get(target.rule)?.targets.get(target.key) === target;
}

/** Whether nobody has the place of a target. */
export function isVacant(memory: Memory, { rule, key }: Target): boolean {
  return ![...memory.byRule.values()].some((ofRule) => ofRule.rule.key === rule.key && ofRule.targets.has(key));
}

/** Where a target stands in the store. */
export function placeOf({ rule, key }: Target): Place {
  return { rule: rule.key, target: key };
}

/** How many numbers histories hold, and what else they take in numbers. */
export function sizeOf({ histories }: SavedTarget): number {
  const points = histories.series.reduce((sum, one) => sum + (one?.points.length ?? 0), 0);
  const rings = histories.levels.flatMap((one) => one?.levels.rings ?? []);
  return 50 + points + rings.reduce((sum, { rows }) => sum + rows.length, 0);
}
