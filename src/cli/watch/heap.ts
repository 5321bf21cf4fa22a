import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Garbage that is let lie, bytes. Collecting takes some 10 ms, so it is done twice a minute or so at the usual pace. */
const GARBAGE = 2 ** 18;

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

function heapUsed(): number {
  return getHeapStatistics().used_heap_size;
}
