import { holdingsOf } from '../../core/totals.ts';
import type { Snapshot } from '../../core/types.ts';
import { formatDuration } from '../../core/units.ts';
import type { ServiceManager } from '../../engine/systemd.ts';
import { describeHoldings } from '../../sinks/text/figures.ts';
import { heapKeeper } from './heap.ts';

/** A snapshot may be late by so many intervals before systemd thinks that we hang. */
const PATIENCE = 3;

/**
 * Tells systemd after each finished snapshot that we are alive: a timer would go on while reading hangs. Where the unit's
 * WatchdogSec is too short for the interval, systemd is asked for more (WATCHDOG_USEC, sd_notify(3)).
 */
function keepAlive(manager: ServiceManager | undefined, interval: number): (snapshot: Snapshot) => void {
  if (manager === undefined) return () => undefined;
  const needed = interval * PATIENCE;
  if (manager.watchdog !== undefined && manager.watchdog < needed) manager.notify(`WATCHDOG_USEC=${needed * 1000}`);
  let ready = false;
  return (snapshot) => {
    const { pss, from } = holdingsOf(snapshot);
    const status = `STATUS=${snapshot.processes.length} processes, ${describeHoldings(pss, from)}, every ${formatDuration(interval)}`;
    manager.notify(...(ready ? [] : ['READY=1']), 'WATCHDOG=1', status);
    ready = true;
  };
}

/** What is done when a snapshot has been dealt with: the manager hears that we live, and the heap is kept small. */
export function afterEach(manager: ServiceManager | undefined, interval: number): (snapshot: Snapshot) => void {
  const tellAlive = keepAlive(manager, interval);
  const keepHeap = heapKeeper();
  return (snapshot) => {
    tellAlive(snapshot);
    keepHeap();
  };
}
