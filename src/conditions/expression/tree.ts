/** A node of the parsed expression, as far as it is looked at here. */
export interface Tree {
  readonly op: string;
  readonly args: unknown;
  readonly range: { readonly start: number };
}

/**
 * The functions that may be called. All take time in proportion to their text; `matches` is not among them, as its
 * regular expressions may take for ever, nor are loops over lists.
 */
const FUNCTIONS: ReadonlySet<string> = new Set([
  'startsWith',
  'endsWith',
  'contains',
  'lowerAscii',
  'upperAscii',
  'size',
]);

/** Something in the expression that may not stand there. */
export class Misuse extends Error {
  readonly range: { readonly start: number };
  constructor(message: string, range: { readonly start: number }) {
    super(message);
    this.range = range;
  }
}

/** @returns those of `variables` that are used, in the order of their first use. @throws Error with the `range` of what may not stand there. */
export function checkTree(root: Tree, variables: readonly string[]): readonly string[] {
  visit(root, refuse);
  const used = namesIn(root).filter((name) => variables.includes(name));
  if (used.length === 0) throw new Misuse('it looks at nothing: compare a measure, as in pss > 500 * MiB', root.range);
  return used;
}

/** The names that stand in it, in the order of their first use. */
export function namesIn(root: Tree): readonly string[] {
  const names = new Set<string>();
  visit(root, ({ op, args }) => op === 'id' && names.add(String(args)));
  return [...names];
}

/** What stands directly in it, from left to right. */
export function childrenOf({ args }: Tree): readonly Tree[] {
  if (isTree(args)) return [args];
  return Array.isArray(args) ? args.flat(2).filter(isTree) : [];
}

function visit(node: Tree, look: (node: Tree) => void): void {
  look(node);
  for (const child of childrenOf(node)) visit(child, look);
}

function refuse({ op, args, range }: Tree): void {
  if (!Array.isArray(args)) return;
  if ((op === 'call' || op === 'rcall') && !FUNCTIONS.has(String(args[0]))) {
    throw new Misuse(`${args[0]} may not be used here; the functions are ${[...FUNCTIONS].join(' ')}`, range);
  }
  if ((op === '/' || op === '%') && isZero(args[1])) throw new Misuse('this divides by 0', range);
  if (op === '/' && args.every(isWholeNumber)) {
    throw new Misuse('whole numbers are divided without a remainder: write 1.0 / 2 for a half', range);
  }
}

function isZero(node: unknown): boolean {
  return isTree(node) && node.op === 'value' && Number(node.args) === 0;
}

function isWholeNumber(node: unknown): boolean {
  return isTree(node) && node.op === 'value' && typeof node.args === 'bigint';
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}
