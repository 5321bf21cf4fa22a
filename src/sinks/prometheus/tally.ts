import type { Delivery, Event, Snapshot } from '../../core/types.ts';
import { plain } from './host-samples.ts';
import { type Sample, writeLabels } from './page.ts';

/** Counts what goes by: the counters of the page. */
export interface Tally {
  snapshot(snapshot: Snapshot): void;
  event(event: Event): void;
  delivery(delivery: Delivery): void;
  samples(): Generator<Sample>;
}

/** Begins at 0. What is counted apart has few values: kinds, severities, outcomes, and the actions of the configuration. */
export function createTally(): Tally {
  let [snapshots, readings, cpu] = [0, 0, 0];
  const counted = new Map<string, Sample>();
  const count = (name: string, labels: Readonly<Record<string, string>>): void => {
    const text = writeLabels(Object.entries(labels));
    const key = `${name} ${text}`;
    counted.set(key, { name, labels: text, value: (counted.get(key)?.value ?? 0) + 1 });
  };
  return {
    snapshot({ cost }): void {
      snapshots += 1;
      readings += cost.exact;
      cpu += cost.cpu;
    },
    event(event): void {
      const { kind, severity } = event;
      if (event.type === 'notice') count('psstop_notices_total', { kind, severity });
      else if (event.mode !== 'shadow') count('psstop_alert_events_total', { kind });
    },
    delivery: ({ action, outcome }) => count('psstop_deliveries_total', { action, outcome }),
    *samples(): Generator<Sample> {
      yield plain('psstop_snapshots_total', snapshots);
      yield plain('psstop_snapshot_readings_total', readings);
      yield plain('psstop_snapshot_cpu_seconds_total', cpu / 1000);
      yield* counted.values();
    },
  };
}
