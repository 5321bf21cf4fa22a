import { formatPlain } from '../../core/list-plain.ts';
import { hidesOthers } from '../../sources/proc/access.ts';
import { snapshotOf, sweep } from '../../sources/proc/sweep.ts';
import { tuneForShortRun } from '../tune.ts';
import type { World } from '../world.ts';
import { describeMissing } from './coverage.ts';
import type { ListRequest } from './request.ts';
import { show } from './show.ts';

/** Shows a plain list. @returns false where that takes more care, or nobody was found: then nothing was shown. */
export function showQuickly(request: ListRequest, world: World): boolean {
  tuneForShortRun();
  const swept = sweep({ root: request.proc });
  if (swept === undefined || swept.pids.length === 0) return false;
  if (isPlainest(request) && swept.denied.size === 0 && !hidesOthers(request.proc)) {
    world.stdout.write(formatPlain(swept, swept.host, world.stdout.columns));
    return true;
  }
  const snapshot = snapshotOf(swept);
  const missing = describeMissing(snapshot, request);
  if (missing !== undefined) world.stderr.write(`psstop: ${missing}\n`);
  return show(snapshot, request, world.stdout);
}

function isPlainest({ shown, file }: ListRequest): boolean {
  return shown.by === 'process' && shown.sort === 'pss' && shown.top === undefined && file === undefined;
}
