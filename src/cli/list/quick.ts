import { sweep } from '../../sources/proc/sweep.ts';
import { tuneForShortRun } from '../tune.ts';
import type { World } from '../world.ts';
import { describeMissing } from './coverage.ts';
import type { ListRequest } from './request.ts';
import { show } from './show.ts';

/** Shows a plain list. @returns false where that takes more care, or nobody was found: then nothing was shown. */
export function showQuickly(request: ListRequest, world: World): boolean {
  tuneForShortRun();
  const snapshot = sweep({ root: request.proc });
  if (snapshot === undefined || snapshot.processes.length === 0) return false;
  const missing = describeMissing(snapshot, request);
  if (missing !== undefined) world.stderr.write(`psstop: ${missing}\n`);
  return show(snapshot, request, world.stdout);
}
