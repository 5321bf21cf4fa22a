import type { TargetView } from '../../core/types.ts';

/**
 * The target as a condition under `not` must see it. The rule fires while that condition does not hold, so that its
 * `clear` level is in force just when the rule is not firing.
 */
export function inverted(target: TargetView): TargetView {
  return {
    key: target.key,
    name: target.name,
    members: target.members,
    snapshot: target.snapshot,
    firing: !target.firing,
    measure: (measure) => target.measure(measure),
    ceiling: () => target.ceiling(),
    series: (want) => target.series(want),
  };
}
