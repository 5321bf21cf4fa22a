import { labelName } from '../../core/metric.ts';
import type { ActiveAlert } from '../../core/types.ts';
import { type Sample, writeLabels } from './page.ts';

/** Alerts as series, like Prometheus' own ALERTS; at most `most`, the firing ones first. @returns them, and how many were left out. */
export function alertSamples(alerts: readonly ActiveAlert[], most: number): { samples: Sample[]; left: number } {
  const firstFiring = [...alerts].sort((a, b) => Number(b.firing) - Number(a.firing));
  // Two targets may have one name: a scrape must not have a series twice.
  const series = new Set(firstFiring.map(labelsOf));
  const shown = [...series].slice(0, most);
  return {
    samples: shown.map((labels) => ({ name: 'psstop_alerts', labels, value: 1 })),
    left: series.size - shown.length,
  };
}

/** In one order, whatever a rule's labels are: they can't hide ours. */
function labelsOf({ rule, severity, by, target, firing, labels }: ActiveAlert): string {
  const ours = { alertname: rule, alertstate: firing ? 'firing' : 'pending', severity, by, target };
  const own = Object.entries(labels).map(([name, value]): [string, string] => [labelName(name), value]);
  const others = new Map(own.filter(([name]) => !Object.hasOwn(ours, name)).sort(([a], [b]) => (a < b ? -1 : 1)));
  return writeLabels([...Object.entries(ours), ...others]);
}
