import { shareOf } from '../../core/coverage.ts';
import { formatPlain, plainTotals } from '../../core/list-plain.ts';
import type { Totals } from '../../core/totals.ts';
import { describeGap, readAccess } from '../../sources/proc/access.ts';
import { type Sweep, snapshotOf, sweep } from '../../sources/proc/sweep.ts';
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
  if (isPlainest(request)) {
    const totals = plainTotals(swept);
    tell(describePlainGap({ ...swept, totals }, request.proc), world);
    world.stdout.write(formatPlain({ processes: swept, totals, host: swept.host }, world.stdout.columns));
    return true;
  }
  const snapshot = snapshotOf(swept);
  tell(describeMissing(snapshot, request), world);
  return show(snapshot, request, world.stdout);
}

function isPlainest({ shown, file }: ListRequest): boolean {
  return shown.by === 'process' && shown.sort === 'pss' && shown.top === undefined && file === undefined;
}

/** As of a snapshot in which all was read but what is denied. */
function describePlainGap({ host, denied, totals }: Sweep & { totals: Totals }, root: string): string | undefined {
  const { total, share } = shareOf(totals.pss, host.memory);
  const { processes, pss, unreadAtMost } = totals;
  const gap = { processes, denied: denied.size, deniedAtMost: unreadAtMost, exact: pss, total, ratio: share };
  return describeGap(gap, readAccess(root));
}

function tell(missing: string | undefined, world: World): void {
  if (missing !== undefined) world.stderr.write(`psstop: ${missing}\n`);
}
