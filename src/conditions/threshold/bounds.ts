import type { Bounds, Unit } from '../../core/types.ts';
import { formatValue } from '../../core/units.ts';

/** Bounds for people: `612 MiB`, `400 MiB to 600 MiB`, `at least 400 MiB`. */
export function describeBounds({ low, high }: Bounds, unit: Unit): string {
  const least = formatValue(low, unit);
  if (low === high) return least;
  return high === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${formatValue(high, unit)}`;
}
