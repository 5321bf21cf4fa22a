import type { Rule } from '../core/types.ts';

/** What a new set of rules does to the old one, by the rules' names. */
export interface ReloadPlan {
  /** The same selection, grouping and condition: alerts and histories live on. */
  readonly kept: readonly string[];
  /** The same name for something else: alerts and histories begin anew. */
  readonly changed: readonly string[];
  /** Gone: their alerts are resolved. */
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** Compares two sets of rules. */
export function reloadPlan(old: readonly Rule[], next: readonly Rule[]): ReloadPlan {
  const before = new Map(old.map(({ name, key }) => [name, key]));
  const after = new Map(next.map(({ name, key }) => [name, key]));
  const names = [...after.keys()];
  return {
    kept: names.filter((name) => before.get(name) === after.get(name)),
    changed: names.filter((name) => before.has(name) && before.get(name) !== after.get(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    added: names.filter((name) => !before.has(name)),
  };
}

/** The plan on one line: `3 kept, 1 added (disk-cache)`. */
export function formatPlan(plan: ReloadPlan): string {
  const parts = [
    [plan.kept, 'kept', false],
    [plan.changed, 'changed', true],
    [plan.removed, 'removed', true],
    [plan.added, 'added', true],
  ] as const;
  const shown = parts
    .filter(([names]) => names.length > 0)
    .map(([names, word, named]) => {
      return named
        ? `${names.length} ${word} (${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''})`
        : `${names.length} ${word}`;
    });
  return shown.join(', ') || 'no rules';
}
