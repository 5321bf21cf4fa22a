import type { HostPoint, LifePoint, SumPoint } from '../../core/history/read.ts';
import { type Shares, type SharingShift, splitGrowth } from '../../core/trend/sharing.ts';

/** A point as it is stored. */
type Figures = LifePoint | SumPoint | HostPoint;

/**
 * By how much PSS moved from the first point to the last, bytes, and why: what was taken or given back, and what came or
 * went because fewer or more processes share its pages. Step by step, as the share in common pages changes on the way.
 * Undefined where that is not known: of the host, and of a sum some of whose processes were not read.
 */
export function growthOf(points: readonly Figures[]): SharingShift | undefined {
  let before: Shares | undefined;
  let [steps, own, share] = [0, 0, 0];
  for (const point of points) {
    const shares = sharesOf(point);
    if (shares === undefined) continue;
    if (before !== undefined) {
      const shift = splitGrowth(before, shares);
      own += shift.own;
      share += shift.share;
      steps += 1;
    }
    before = shares;
  }
  if (steps === 0) return undefined;
  const rounded = { own: Math.round(own), share: Math.round(share) };
  return { total: rounded.own + rounded.share, ...rounded };
}

function sharesOf(figures: Figures): Shares | undefined {
  if (!('uss' in figures)) return undefined;
  return 'read' in figures && figures.read < figures.processes ? undefined : figures;
}
