import type { Snapshot } from '../../core/types.ts';
import { describeGap, describeRemedy, gapOf, readAccess } from '../../sources/proc/access.ts';
import type { ListRequest } from './request.ts';

/** What a list lacks for want of permission and what to do about it; undefined when that is nothing, or next to nothing. */
export function describeMissing(snapshot: Snapshot, { only, proc }: ListRequest): string | undefined {
  if (only === undefined) return describeGap(gapOf(snapshot), readAccess(proc));
  const asked = snapshot.processes.filter(({ process }) => only(process));
  const denied = asked.filter(({ unread }) => unread === 'denied').length;
  if (denied === 0) return undefined;
  return `${denied} of ${asked.length} processes may not be read. ${describeRemedy(readAccess(proc))}`;
}
