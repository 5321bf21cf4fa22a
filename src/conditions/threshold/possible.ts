import { OptionError } from '../../core/errors.ts';
import type { Limit } from '../../core/level.ts';
import type { Measure } from '../../core/types.ts';
import { formatValue } from '../../core/units.ts';

/** On which side of its limit a measure must be. */
export type Side = 'above' | 'below';

/** Swapped and shared pages are counted more than once in these, so that they may exceed the host's memory. */
const MAY_EXCEED_RAM: ReadonlySet<Measure> = new Set(['swap', 'memory', 'rss', 'dirty']);

/** A process without any of these does not exist. */
const NEVER_ZERO: ReadonlySet<Measure> = new Set(['pss', 'memory', 'rss', 'total']);

interface Limits {
  readonly side: Side;
  readonly measure: Measure;
  readonly limit: Limit;
  /** The same object as `limit` where no other level ends the alert. */
  readonly clear: Limit;
}

/** @throws OptionError where the limit can never be passed, or the alert could never end. */
export function checkLimits(limits: Limits): void {
  const { measure, limit, clear } = limits;
  if (neverFires(limits)) {
    throw new OptionError([measure], `${measure} can't be ${limits.side} ${show(limit)}, so this never fires`);
  }
  if (clear !== limit && clear.of === limit.of) checkOrder(limits);
  if (neverClears(limits)) {
    const key = clear === limit ? measure : 'clear';
    throw new OptionError([key], `${measure} is always ${limits.side} ${show(clear)}, so this never clears`);
  }
}

function neverFires({ side, measure, limit }: Limits): boolean {
  return side === 'above' ? figure(limit) >= greatest(measure, limit) : figure(limit) === 0;
}

function neverClears({ side, measure, clear }: Limits): boolean {
  return side === 'above' ? figure(clear) === 0 && NEVER_ZERO.has(measure) : figure(clear) > greatest(measure, clear);
}

function checkOrder({ side, measure, limit, clear }: Limits): void {
  const wrong = side === 'above' ? figure(clear) > figure(limit) : figure(clear) < figure(limit);
  if (!wrong) return;
  const where = side === 'above' ? 'at or below' : 'at or above';
  throw new OptionError(['clear'], `clear lies on the wrong side: write a level ${where} that of ${measure}`);
}

/** The greatest possible figure, as far as it is known without a host. */
function greatest(measure: Measure, limit: Limit): number {
  if (measure === 'coverage' || (limit.of === 'ram' && !MAY_EXCEED_RAM.has(measure))) return 1;
  return Number.POSITIVE_INFINITY;
}

function figure(limit: Limit): number {
  return limit.of === 'fixed' ? limit.value : limit.ratio;
}

function show(limit: Limit): string {
  if (limit.of !== 'fixed') return `${formatValue(limit.ratio, 'ratio')} of ${limit.of}`;
  return limit.value === 0 ? '0' : formatValue(limit.value, 'ratio');
}
