import { UNIT_OF } from './level.ts';
import type { Memory } from './memory.ts';
import type { Target } from './target.ts';
import type { Undecided } from './types.ts';
import { formatBounds, formatValue } from './units.ts';

/** What could not be decided in the last snapshot, the oldest first: for views and records. Rules that are only tried out (`shadow`) are left out. */
export function undecidedOf(memory: Memory): Undecided[] {
  if (memory.standing.undecided === 0) return [];
  const open: Undecided[] = [];
  for (const { rule, targets } of memory.byRule.values()) {
    if (rule.mode === 'shadow') continue;
    for (const target of targets.values()) if (target.undecided) open.push(describeUndecided(target));
  }
  return open.sort((a, b) => a.since - b.since);
}

/** What stands between a target's condition and its answer, as plain data. */
export function describeUndecided(target: Target): Undecided {
  const { rule, name, undecided, snapshot } = target;
  return {
    rule: rule.name,
    severity: rule.severity,
    target: name,
    since: undecided?.since ?? snapshot.uptime,
    open: (undecided?.doubts ?? []).map(({ measure, limit }) => {
      const { low = 0, high = Number.POSITIVE_INFINITY } = target.measure(measure) ?? {};
      return {
        measure,
        unit: UNIT_OF[measure],
        atLeast: low,
        // JSON has no infinity.
        ...(Number.isFinite(high) && { atMost: high }),
        ...(limit !== undefined && { limit }),
      };
    }),
  };
}

/** `pss is at most 950 MiB, limit 901 MiB`: the figures that were not read well enough. */
export function formatOpen({ open }: Undecided): string {
  return open
    .map(({ measure, unit, atLeast, atMost = Number.POSITIVE_INFINITY, limit }) => {
      const level = limit === undefined ? '' : `, limit ${formatValue(limit, unit)}`;
      return `${measure} ${formatBounds({ low: atLeast, high: atMost }, unit)}${level}`;
    })
    .join('; ');
}
