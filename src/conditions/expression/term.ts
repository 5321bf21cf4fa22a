import type { Bounds } from '../../core/types.ts';
import { isExact } from './bounds.ts';
import type { Figure, Figures, Variable } from './figures.ts';

/** A variable that must be known more exactly, or at least on which side of `level` it lies. */
export interface Gap {
  readonly name: string;
  readonly level?: number;
}

/** Undefined: what is sought can't be known, whatever is read. */
export type Gaps = readonly Gap[] | undefined;

/** A part of an expression, ready to be reckoned with bounds. */
export interface Term {
  /** CEL's name of its type: `double`, `int`, `bool`, `string` … */
  readonly type: string;
  /** True when no figure has a say in it. */
  readonly constant: boolean;
  /** Bounds that hold whatever the figures are within theirs; undefined where there are none. */
  bounds(figures: Figures): Bounds | undefined;
  /**
   * The figures that keep its bounds from being exact, where those are not; undefined where it can't be helped, as one of
   * them is not to be had at all. `level`: all that matters is on which side of it the term lies.
   */
  gaps(figures: Figures, level?: number): Gaps;
}

/** A term whose bounds are known beforehand. */
export function constant(type: string, bounds: Bounds | undefined): Term {
  return { type, constant: true, bounds: () => bounds, gaps: () => [] };
}

/** The term that is a variable alone. */
export function variable({ name, type, index }: Variable): Term {
  return {
    type,
    constant: false,
    bounds: (figures) => boundsOf(figures[index]),
    gaps(figures, level): Gaps {
      const seen = boundsOf(figures[index]);
      if (seen === undefined) return undefined;
      if (isExact(seen)) return [];
      // A level that was reckoned backwards may lie off by rounding.
      return [level !== undefined && isWithin(level, seen) ? { name, level } : { name }];
    },
  };
}

/** The variables that have bounds. */
export function numeric(variables: readonly Variable[]): readonly Term[] {
  return variables.filter(({ type }) => type !== 'string').map(variable);
}

/** The gaps of terms that are all needed. */
export function gapsOfAll(terms: readonly Term[], figures: Figures): Gaps {
  const found: Gap[] = [];
  for (const term of terms) {
    if (isExact(term.bounds(figures))) continue;
    const gaps = term.gaps(figures);
    if (gaps === undefined) return undefined;
    found.push(...gaps);
  }
  return found;
}

/** Reckons with the bounds of two terms. */
export function both(
  apply: (left: Bounds, right: Bounds) => Bounds | undefined,
  left: Term,
  right: Term,
): Term['bounds'] {
  return (figures) => {
    const first = left.bounds(figures);
    if (first === undefined) return undefined;
    const second = right.bounds(figures);
    return second && apply(first, second);
  };
}

function boundsOf(figure: Figure): Bounds | undefined {
  return typeof figure === 'object' ? figure : undefined;
}

function isWithin(level: number, { low, high }: Bounds): boolean {
  return Number.isFinite(level) && low <= level && level <= high;
}
