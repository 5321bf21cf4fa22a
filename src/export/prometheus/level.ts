import { type Limit, parseLimit, UNIT_OF } from '../../core/level.ts';
import { HOST_MEASURES } from '../../core/measure.ts';
import type { Measure } from '../../core/types.ts';
import { join, type Piece, tight } from './promql.ts';
import { CannotSay } from './rule-source.ts';
import type { Sides } from './sides.ts';
import { type Figure, firing, measured, ofHost, over, targets, type View, wholeHost } from './view.ts';

/** `above` or `below`, with the level that ends a firing alert. */
export interface Threshold {
  readonly side: 'above' | 'below';
  readonly measure: Measure;
  readonly limit: Limit;
  readonly clear: Limit;
}

/** Reads the options of `above` and `below`; they have been checked. */
export function thresholdOf(side: Threshold['side'], options: Readonly<Record<string, unknown>>): Threshold {
  const measure = Object.keys(options).find((key) => key !== 'clear') as Measure;
  const limit = parseLimit(measure, options[measure]);
  return { side, measure, limit, clear: options.clear === undefined ? limit : parseLimit(measure, options.clear) };
}

/** What is certain: the bound that is nearer to the limit passes it; what is possible: the other one does. */
export function crossing(view: View, threshold: Threshold, inverted: boolean): Sides {
  const certain = threshold.side === 'above' ? 'low' : 'high';
  const possible = threshold.side === 'above' ? 'high' : 'low';
  return {
    certain: withClear(view, threshold, { figure: certain, inverted }),
    possible: withClear(view, threshold, { figure: possible, inverted }),
  };
}

/** A rule that is nothing but a threshold, while `no-data` is keep: a firing alert ends once it is certain that it may. */
export function kept(view: View, threshold: Threshold): Piece {
  const { side, clear, limit } = threshold;
  const begin = compare(view, { ...threshold, level: limit, figure: side === 'above' ? 'low' : 'high' });
  const end = compare(view, { ...threshold, level: clear, figure: side === 'above' ? 'high' : 'low' });
  if (begin.text === end.text) return begin;
  if (!ordered(threshold)) return join('or', [crossing(view, threshold, false).certain, whileFiring(view, end)]);
  return join('or', [begin, whileFiring(view, end)]);
}

function withClear(
  view: View,
  threshold: Threshold,
  { figure, inverted }: { figure: Figure; inverted: boolean },
): Piece {
  const { limit, clear } = threshold;
  const at = (level: Limit): Piece => compare(view, { ...threshold, level, figure });
  if (clear === limit) return at(limit);
  // Under `not` the rule fires while this does not hold, and its levels change places.
  const [idle, busy] = inverted ? [clear, limit] : [limit, clear];
  if (!inverted && ordered(threshold)) return join('or', [at(idle), whileFiring(view, at(busy))]);
  const whileIdle = { text: `${at(idle).text} unless on (${view.group}) ${firing(view)}`, loose: true };
  return join('or', [whileIdle, whileFiring(view, at(busy))]);
}

/** Whether whatever passes the limit passes the level that ends the alert as well. */
function ordered({ limit, clear }: Threshold): boolean {
  return limit.of === clear.of;
}

/** Set operators of one rank are read from the left. */
function whileFiring(view: View, { text }: Piece): Piece {
  return { text: `${text} and on (${view.group}) ${firing(view)}`, loose: true };
}

interface Comparison extends Pick<Threshold, 'side' | 'measure'> {
  readonly level: Limit;
  readonly figure: Figure;
}

function compare(view: View, comparison: Comparison): Piece {
  const { side, measure, figure } = comparison;
  const text = `${measured(view, measure, figure)} ${side === 'above' ? '>' : '<'} ${limitText(view, comparison)}`;
  if (!HOST_MEASURES.includes(measure) || wholeHost(view)) return tight(text);
  // A host's figure is the same for all its targets.
  return { text: `${targets(view)} and on (instance) (${text})`, loose: true };
}

function limitText(view: View, { level, measure }: Comparison): string {
  if (level.of === 'fixed') return String(UNIT_OF[measure] === 'duration' ? level.value / 1000 : level.value);
  const perHost = HOST_MEASURES.includes(measure) || view.group === 'instance';
  if (level.of === 'limit') {
    if (perHost && view.group !== 'instance')
      throw new CannotSay(`${measure} of a host has no limit of a ${view.group}`);
    return `${level.ratio} * ${over(view, 'min', 'psstop_group_limit_bytes')}`;
  }
  const share = `${level.ratio} * ${ofHost('psstop_host_memory_total_bytes')}`;
  return perHost ? share : `on (instance) group_left () (${share})`;
}
