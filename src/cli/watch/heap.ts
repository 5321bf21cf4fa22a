import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Garbage that is let lie, bytes. Collecting takes some 20 ms of CPU with all its threads: with less it would be done at every snapshot of a thousand processes, and cost more than the snapshot. */
const GARBAGE = 2 ** 20;

/**
 * Keeps the heap small; to be called between two snapshots. What lives from one snapshot to the next looks old to V8, which lets
 * tens of MB of such garbage lie before it collects for the first time: fine for a server, too much for a watchdog.
 */
export function heapKeeper(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  let live = heapUsed();
  return () => {
    if (heapUsed() < live + GARBAGE) return;
    collect();
    live = heapUsed();
  };
}

/** Without the nursery: what dies there costs next to nothing, and its size is fixed. */
function heapUsed(): number {
  let used = 0;
  for (const { space_name, space_used_size } of getHeapSpaceStatistics()) {
    if (space_name !== 'new_space') used += space_used_size;
  }
  return used;
}
