import type { Bounds } from '../../core/types.ts';
import { and, either, isExact, type Logic, NO, not, or, YES } from './bounds.ts';
import type { Figures } from './figures.ts';
import { isNumber } from './numbers.ts';
import type { Gap, Gaps, Term } from './term.ts';

/** `decisive` settles it, whatever the other operand is: even an error. */
const JUNCTIONS: Readonly<Record<string, { apply: Logic; decisive: Bounds }>> = {
  '&&': { apply: and, decisive: NO },
  '||': { apply: or, decisive: YES },
};

/** `&&` and `||` by Kleene's logic, in which CEL's errors are one more thing that is not known. */
export function junction(operator: string, left: Term, right: Term): Term | undefined {
  const known = JUNCTIONS[operator];
  if (known === undefined || !isTruth(left) || !isTruth(right)) return undefined;
  const { apply, decisive } = known;
  const settles = (truth: Bounds | undefined): boolean => isExact(truth) && truth.low === decisive.low;
  return {
    type: 'bool',
    constant: left.constant && right.constant,
    bounds(figures): Bounds | undefined {
      const first = left.bounds(figures);
      if (settles(first)) return decisive;
      const second = right.bounds(figures);
      if (settles(second)) return decisive;
      return first && second && apply(first, second);
    },
    gaps(figures): Gaps {
      const first = gapsOf(left, figures);
      const second = gapsOf(right, figures);
      if (second.length === 0) return first;
      return first.length === 0 ? second : [...first, ...second];
    },
  };
}

/** `condition ? yes : no`, of numbers or of truths. Which of the two matters is known only when the condition is. */
export function choice(condition: Term, yes: Term, no: Term): Term | undefined {
  if (!isTruth(condition) || yes.type !== no.type || !(isNumber(yes) || isTruth(yes))) return undefined;
  return {
    type: yes.type,
    constant: condition.constant && yes.constant && no.constant,
    bounds(figures): Bounds | undefined {
      const answer = condition.bounds(figures);
      if (isExact(answer)) return (answer.low === 1 ? yes : no).bounds(figures);
      const first = answer && yes.bounds(figures);
      const second = first && no.bounds(figures);
      return first && second && either(first, second);
    },
    gaps(figures, level): Gaps {
      const answer = condition.bounds(figures);
      if (isExact(answer)) return (answer.low === 1 ? yes : no).gaps(figures, level);
      return condition.gaps(figures);
    },
  };
}

/** `!` of a truth. */
export function denial(operator: string, operand: Term): Term | undefined {
  if (operator !== '!_' || !isTruth(operand)) return undefined;
  return {
    type: 'bool',
    constant: operand.constant,
    bounds(figures): Bounds | undefined {
      const truth = operand.bounds(figures);
      return truth && not(truth);
    },
    gaps: (figures) => operand.gaps(figures),
  };
}

/** What can't be helped may still be settled by the other operand. */
function gapsOf(term: Term, figures: Figures): readonly Gap[] {
  return isExact(term.bounds(figures)) ? NO_GAPS : (term.gaps(figures) ?? NO_GAPS);
}

const NO_GAPS: readonly Gap[] = [];

function isTruth({ type }: Term): boolean {
  return type === 'bool';
}
