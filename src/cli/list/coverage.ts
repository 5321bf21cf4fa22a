import type { Snapshot } from '../../core/types.ts';
import { describeGap, describeRemedy, describeUnseen, gapOf, readAccess } from '../../sources/proc/access.ts';
import type { ListRequest } from './request.ts';

/** What a list lacks for want of permission and what to do about it; undefined when that is nothing, or next to nothing. */
export function describeMissing(snapshot: Snapshot, { only, proc }: ListRequest): string | undefined {
  const access = readAccess(proc);
  if (only === undefined) return describeGap(gapOf(snapshot), access);
  const asked = snapshot.processes.filter(({ process }) => only(process));
  const denied = asked.filter(({ unread }) => unread === 'denied').length;
  const unseen = describeUnseen({ processes: asked.length, denied }, access);
  return unseen && `${unseen}. ${describeRemedy(access)}`;
}
