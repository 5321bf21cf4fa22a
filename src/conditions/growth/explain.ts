import type { ProcessSample, TargetView } from '../../core/types.ts';
import { formatDuration, formatSize, formatValue } from '../../core/units.ts';
import type { Finding } from './finding.ts';
import type { Growth } from './options.ts';

/** One sentence: the rate and how sure it is, how much it came to, what the guard says, and who joined. */
export function explain(growth: Growth, finding: Finding, target: TargetView): string {
  return [describeRate(growth, finding), describeGuard(growth, finding), describeNewcomers(finding, target)]
    .filter((part) => part !== '')
    .join('; ');
}

function describeRate(growth: Growth, { rate: found, level, grown, span }: Finding): string {
  const { unit, perSecond } = growth.rate;
  const scale = unit === 'ratio/s' ? 1 / Math.max(level, 1) : 1;
  const show = (slope: number): string => formatValue(slope * scale, unit);
  const rate = `${growth.measure} ${grown < 0 ? 'falls' : 'grows'} by ${show(Math.abs(found.slope))}`;
  const interval = `${formatValue(growth.confidence, 'ratio')} interval ${show(found.low)} to ${show(found.high)}`;
  const amount = `${formatSize(Math.abs(grown))} in the last ${formatDuration(span * 1000)}`;
  const little = grown > 0 && grown < growth.atLeast ? `, less than the ${formatSize(growth.atLeast)} that count` : '';
  return `${rate} (${interval}; limit ${formatValue(perSecond, unit)}), ${amount}${little}`;
}

function describeGuard({ measure }: Growth, { guard }: Finding): string {
  if (guard === undefined) return '';
  const rate = formatValue(guard.rate.slope, 'bytes/s');
  if (guard.confirms) return `${guard.name} grow by ${rate}, which confirms it`;
  return `${guard.name} grow by ${rate} only, so ${measure} rises because fewer processes share its pages`;
}

/** A group also grows by number. */
function describeNewcomers({ span }: Finding, { members, snapshot }: TargetView): string {
  if (members.length < 2) return '';
  const since = snapshot.uptime - span * 1000;
  const newcomers = members.filter((member) => member.process.startedAt > since);
  if (newcomers.length === 0) return '';
  return `${newcomers.length} of ${members.length} processes started in this time and ${describeHeld(newcomers)}`;
}

/** They need not have been read in this snapshot, and the youngest of them not at all. */
function describeHeld(newcomers: readonly ProcessSample[]): string {
  const read = newcomers.filter(({ exact, last }) => exact !== undefined || last !== undefined);
  if (read.length === 0) return 'were not read yet';
  const held = formatSize(read.reduce((sum, { exact, last }) => sum + ((exact ?? last)?.pss ?? 0), 0));
  const fresh = read.every(({ exact }) => exact !== undefined);
  const some = read.length < newcomers.length ? `; ${newcomers.length - read.length} not read yet` : '';
  return `${fresh ? 'hold' : 'held, when last read,'} ${held} of PSS${some}`;
}
