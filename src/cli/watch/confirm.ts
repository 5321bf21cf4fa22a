import { Skip } from '../../core/errors.ts';
import type { AlertEvent, EventProcess, ExactReading, UnreadReason } from '../../core/types.ts';
import { formatSize } from '../../core/units.ts';
import type { Confirm } from '../../engine/confirm.ts';
import type { ProcSource } from '../../sources/proc/source.ts';

type Found = ExactReading | UnreadReason;

/** Reads the processes of an event again, right before something is done to them: whoever has ended, or whose pid is another's by now, is left alone. */
export function confirmBy(source: Pick<ProcSource, 'reread'>): Confirm {
  return async ({ target: { processes } }: AlertEvent) => {
    const found = await Promise.all(processes.map(({ pid, start }) => source.reread(pid, start)));
    if (found.every((one) => one === 'gone')) throw new Skip(`already gone: ${processes.map(nameOf).join(', ')}`);
    return `read again right before: ${describe(found)}`;
  };
}

/** `612 MiB`, or `612 MiB in 3 processes, 1 gone, 1 stuck`. */
function describe(found: readonly Found[]): string {
  const read = found.filter((one) => typeof one !== 'string');
  const reasons = new Map<UnreadReason, number>();
  for (const one of found) if (typeof one === 'string') reasons.set(one, (reasons.get(one) ?? 0) + 1);
  const rest = [...reasons].map(([reason, count]) => `${count} ${reason}`);
  if (read.length === 0) return rest.join(', ');
  const sum = formatSize(read.reduce((total, { pss }) => total + pss, 0));
  return [found.length === 1 ? sum : `${sum} in ${read.length} processes`, ...rest].join(', ');
}

function nameOf({ name, pid }: EventProcess): string {
  return `${name} (${pid})`;
}
