import { isAtLeast } from '../../core/severity.ts';
import type { Severity, Sink } from '../../core/types.ts';
import { formatCount, formatDuration } from '../../core/units.ts';
import type { Would } from '../../engine/rehearsal.ts';

/** What goes by in a replay, counted. */
export interface Tally {
  readonly sink: Sink;
  would(would: Would): void;
  /** `720 snapshots over 1h: 2 fired; would have run log 2`. */
  text(): string;
  /** 1 where an alert so bad or worse fired, 3 where nothing was played: that nothing fired says nothing then. 0 where nobody asked. */
  exitCode(failOn: Severity | undefined): number;
}

/** Begins to count. What shadow rules say counts for nothing. */
export function openTally(): Tally {
  let [snapshots, began, ended] = [0, 0, 0];
  const fired: Severity[] = [];
  const steps = new Map<string, number>();
  return {
    sink: {
      snapshot({ uptime }) {
        if (snapshots === 0) began = uptime;
        snapshots += 1;
        ended = uptime;
      },
      event: (event) => {
        if (event.type === 'alert' && event.kind === 'fired' && event.mode !== 'shadow') fired.push(event.severity);
      },
    },
    would({ steps: taken }) {
      for (const { name } of taken) steps.set(name, (steps.get(name) ?? 0) + 1);
    },
    text() {
      const span = formatDuration(Math.round(ended - began));
      const taken = [...steps].map(([name, count]) => `${name} ${count}`).join(', ');
      const would = taken === '' ? '' : `; would have run ${taken}`;
      return `${formatCount(snapshots, 'snapshot')} over ${span}: ${fired.length} fired${would}`;
    },
    exitCode(failOn) {
      if (failOn === undefined) return 0;
      if (fired.some((severity) => isAtLeast(severity, failOn))) return 1;
      return snapshots === 0 ? 3 : 0;
    },
  };
}
