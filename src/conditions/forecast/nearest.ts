import type { TargetView } from '../../core/types.ts';

/** Where there is no room left at all, a target that does not grow has still not reached anything. Bytes. */
const LEAST_ROOM = 2 ** 20;

/** The nearest ceiling, bytes, under which others leave only so much room besides what the target holds of the measure. */
export function nearestCeiling(target: TargetView, own: number): number {
  return Math.min(target.ceiling(), own + Math.max(LEAST_ROOM, target.room()));
}

/** Says whose the nearest ceiling is: that of its cgroups, of the host, or what others leave of either. */
export function nameCeiling(ceiling: number, target: TargetView): string {
  const { members } = target;
  if (target.ceiling() <= ceiling) {
    return members.some((member) => member.ceiling === ceiling) ? 'the limit of its cgroups' : 'the memory of the host';
  }
  const room = target.room();
  return members.some((member) => member.room === room)
    ? 'all that others leave it of the limit of its cgroups'
    : 'all that the host has left for it';
}
