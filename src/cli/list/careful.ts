import { type ProcSource, procSource } from '../../sources/proc/source.ts';
import { tuneForShortRun } from '../tune.ts';
import { warn } from '../warn.ts';
import type { World } from '../world.ts';
import { describeMissing } from './coverage.ts';
import { detailsFor, type ListRequest } from './request.ts';
import { nothingFound, show } from './show.ts';

/** The source of a list, or of a monitor's lists, with everything that they show. The caller closes it. */
export function openSource(request: ListRequest, world: World): ProcSource {
  return procSource({
    root: request.proc,
    interval: request.interval,
    details: detailsFor(request),
    // Nothing is judged here.
    whole: false,
    ...(!request.monitor && { patience: Number.POSITIVE_INFINITY }),
    ...(request.only && { only: request.only }),
    // What may not be read is told in the list's own words.
    notice: ({ kind, message }) => void (kind !== 'coverage' && warn(world, message)),
  });
}

/** Shows whatever can be read, and says what could not be read and why. @returns the exit code: 1 when the list has no rows. */
export async function showCarefully(request: ListRequest, world: World): Promise<number> {
  const source = openSource(request, world);
  // Not before the source has its reader: with a flag set, Node compiles anew whatever it loads of itself.
  tuneForShortRun();
  try {
    const snapshot = await source.snapshot();
    const missing = describeMissing(snapshot, request);
    if (missing !== undefined) world.stderr.write(`psstop: ${missing}\n`);
    if (show(snapshot, request, world.stdout)) return 0;
    world.stderr.write(`${nothingFound(request)}\n`);
    return 1;
  } finally {
    await source.close();
  }
}
