import { OptionError } from '../../core/errors.ts';
import type { Limit } from '../../core/level.ts';
import type { Measure } from '../../core/types.ts';

/** On which side of its limit a measure must be. */
export type Side = 'above' | 'below';

/** Swapped and shared pages are counted more than once in these, so that they may exceed the host's memory. */
const MAY_EXCEED_RAM: ReadonlySet<Measure> = new Set(['swap', 'memory', 'rss', 'dirty']);

/** A process without any of these does not exist. */
const NEVER_ZERO: ReadonlySet<Measure> = new Set(['pss', 'memory', 'rss', 'total']);

/** @throws OptionError where the limit can never be passed, or the alert could never end. */
export function checkLimits(checked: { side: Side; measure: Measure; limit: Limit; clear: Limit }): void {
  const { side, measure, limit, clear } = checked;
  const most = greatest(measure, limit);
  if (side === 'above' && most !== undefined && share(limit) >= most) {
    throw new OptionError([measure], `${measure} is never above ${percent(most)}, so this never fires: write less`);
  }
  if (side === 'below' && share(limit) === 0) {
    throw new OptionError([measure], `${measure} is never below 0, so this never fires: write more`);
  }
  if (side === 'below' && most !== undefined && share(limit) > most) {
    throw new OptionError([measure], `${measure} is always below ${percent(share(limit))}, so this never clears`);
  }
  if (clear !== limit) checkClear(checked);
}

function checkClear({
  side,
  measure,
  limit,
  clear,
}: {
  side: Side;
  measure: Measure;
  limit: Limit;
  clear: Limit;
}): void {
  const wrong = side === 'above' ? share(clear) > share(limit) : share(clear) < share(limit);
  if (clear.of === limit.of && wrong) {
    const where = side === 'above' ? 'at or below' : 'at or above';
    throw new OptionError(['clear'], `clear lies on the wrong side: write a level ${where} that of ${measure}`);
  }
  const most = greatest(measure, clear);
  const never =
    side === 'above' ? share(clear) === 0 && NEVER_ZERO.has(measure) : most !== undefined && share(clear) > most;
  if (never) throw new OptionError(['clear'], `${measure} never gets there, so this never clears`);
}

/** The greatest possible share, where there is one. */
function greatest(measure: Measure, limit: Limit): number | undefined {
  if (measure === 'coverage') return 1;
  return limit.of === 'ram' && !MAY_EXCEED_RAM.has(measure) ? 1 : undefined;
}

function share(limit: Limit): number {
  return limit.of === 'fixed' ? limit.value : limit.ratio;
}

function percent(ratio: number): string {
  return `${ratio * 100} %`;
}
