import { childrenOf, Misuse, type Tree } from './tree.ts';

/** A node that reckons, as the library leaves it once its types are checked. */
interface Calculation extends Tree {
  handle: Handle;
}

/** It is given the values of both sides, and what the library itself needs. */
type Handle = (left: unknown, right: unknown, ...more: readonly unknown[]) => unknown;

const SIGNS: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%']);

/**
 * Makes errors of a division by zero and of what is no number. CEL reckons with doubles as IEEE 754 has it: there the one
 * is infinite and so above every limit, and the other unequal to all: an alarm would be raised over figures that mean
 * nothing. To be called once after each check of the tree's types.
 */
export function refuseNonsense(node: Tree): void {
  for (const child of childrenOf(node)) refuseNonsense(child);
  if (isCalculation(node)) node.handle = strict(node);
}

function strict({ op, handle, range }: Calculation): Handle {
  const divides = op === '/' || op === '%';
  // Made once: they come again at every snapshot.
  const byZero = new Misuse('this divides by 0', range);
  const noNumber = new Misuse(
    'this is no number: it subtracts what is too big from itself, or multiplies it by 0',
    range,
  );
  return (left, right, ...more) => {
    if (divides && Number(right) === 0) throw byZero;
    const result = handle(left, right, ...more);
    if (Number.isNaN(result)) throw noNumber;
    return result;
  };
}

function isCalculation(node: Tree): node is Calculation {
  return SIGNS.has(node.op) && 'handle' in node;
}
