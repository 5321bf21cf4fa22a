import type { Bounds } from '../../core/types.ts';
import {
  type Arithmetic,
  add,
  divide,
  isAtMost,
  isBelow,
  isEqual,
  isExact,
  type Logic,
  multiply,
  negate,
  not,
  subtract,
} from './bounds.ts';
import { both, type Gaps, gapsOfAll, type Term } from './term.ts';

/** Reckons with two doubles; `left` and `right` reckon backwards, from a result and the other operand. */
interface Calculation {
  readonly apply: Arithmetic;
  readonly left: (result: number, right: number) => number;
  readonly right: (result: number, left: number) => number;
}

const DIFFERENCE: Calculation = {
  apply: subtract,
  left: (result, right) => result + right,
  right: (result, left) => left - result,
};

const CALCULATIONS: Readonly<Record<string, Calculation>> = {
  '+': { apply: add, left: (result, right) => result - right, right: (result, left) => result - left },
  '-': DIFFERENCE,
  '*': { apply: multiply, left: (result, right) => result / right, right: (result, left) => result / left },
  '/': { apply: divide, left: (result, right) => result * right, right: (result, left) => left / result },
};

const COMPARISONS: Readonly<Record<string, Logic>> = {
  '<': isBelow,
  '<=': isAtMost,
  '>': (left, right) => isBelow(right, left),
  '>=': (left, right) => isAtMost(right, left),
  '==': isEqual,
  '!=': (left, right) => not(isEqual(left, right)),
};

/** True for the types whose values are numbers. */
export function isNumber({ type }: Term): boolean {
  return type === 'double' || type === 'int';
}

/** `+ - * /`, in doubles only: whole numbers are divided without a remainder and may overflow. Undefined for anything else. */
export function calculation(operator: string, left: Term, right: Term): Term | undefined {
  const known = CALCULATIONS[operator];
  if (known === undefined || !isNumber(left) || !isNumber(right)) return undefined;
  if (left.type === 'int' && right.type === 'int') return undefined;
  return {
    type: 'double',
    constant: left.constant && right.constant,
    bounds: both(known.apply, left, right),
    gaps: gapsOfTwo(known, left, right),
  };
}

/** `< <= > >= == !=` between numbers or between truths; undefined for anything else. */
export function comparison(operator: string, left: Term, right: Term): Term | undefined {
  const apply = COMPARISONS[operator];
  const alike = (isNumber(left) && isNumber(right)) || (left.type === 'bool' && right.type === 'bool');
  if (apply === undefined || !alike) return undefined;
  const gaps = gapsOfTwo(DIFFERENCE, left, right);
  return {
    type: 'bool',
    constant: left.constant && right.constant,
    bounds: both(apply, left, right),
    gaps: (figures) => gaps(figures, 0),
  };
}

/** Change of sign of a number. */
export function negation(operator: string, operand: Term): Term | undefined {
  if (operator !== '-_' || !isNumber(operand)) return undefined;
  return {
    type: operand.type,
    constant: operand.constant,
    bounds(figures) {
      const bounds = operand.bounds(figures);
      return bounds && negate(bounds);
    },
    gaps: (figures, level) => operand.gaps(figures, level === undefined ? undefined : -level),
  };
}

/** Where one operand is exact, all that matters of the other is on which side it lies of what would give the level. */
function gapsOfTwo(calculation: Calculation, left: Term, right: Term): Term['gaps'] {
  return (figures, level): Gaps => {
    if (calculation.apply === divide && isZero(right.bounds(figures))) return undefined;
    if (level === undefined) return gapsOfAll([left, right], figures);
    const second = right.bounds(figures);
    if (isExact(second)) return left.gaps(figures, calculation.left(level, second.low));
    const first = left.bounds(figures);
    if (isExact(first)) return right.gaps(figures, calculation.right(level, first.low));
    return gapsOfAll([left, right], figures);
  };
}

function isZero(bounds: Bounds | undefined): boolean {
  return isExact(bounds) && bounds.low === 0;
}
