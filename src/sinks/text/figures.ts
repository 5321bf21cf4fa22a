import type { Holdings } from '../../core/totals.ts';
import type { Cost, UnreadReason } from '../../core/types.ts';
import { formatDuration, formatSize } from '../../core/units.ts';

/** `PSS 1.46 GiB`; `PSS ~1.46 GiB` where it is a sum of readings that were not all made in this snapshot. */
export function describeHoldings(pss: number, from: Holdings['from']): string {
  if (from === 'old-readings' && pss === 0) return 'PSS not read yet';
  return `PSS ${from === 'old-readings' ? '~' : ''}${formatSize(pss)}`;
}

/** `93.4 % covered`: rounded down, so that 100 % means all. @param ratio 0 to 1; undefined where nobody knows what all processes hold, as in a container without cgroup v2. */
export function describeCoverage(ratio: number | undefined): string {
  if (ratio === undefined) return 'coverage not known';
  return `${(Math.floor(ratio * 1000) / 10).toFixed(1)} % covered`;
}

/** `3 denied, 1 stuck`; empty when everything that was to be read was read. */
export function describeUnread(unread: Readonly<Partial<Record<UnreadReason, number>>>): string {
  return Object.entries(unread)
    .flatMap(([reason, count]) => (count > 0 ? [`${count} ${reason}`] : []))
    .join(', ');
}

/** `CPU 9ms, longest 3ms`: the longest reading only where there was one. */
export function describeCost({ exact, cpu, longest }: Cost): string {
  return `CPU ${formatDuration(cpu)}${exact > 0 ? `, longest ${formatDuration(longest)}` : ''}`;
}
