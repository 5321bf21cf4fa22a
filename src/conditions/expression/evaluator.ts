import { isExact } from './bounds.ts';
import { celOf, quietly, type Vocabulary } from './cel.ts';
import { compileTerm } from './compile.ts';
import { faultIn } from './fault.ts';
import { type Figures, type Value, type Variable, valuesOf } from './figures.ts';
import { type Gap, gapsOfAll, numeric, type Term } from './term.ts';
import { checkTree, type Tree } from './tree.ts';

/** An expression that has been read and type-checked. */
export interface Expression {
  /** The names it uses, in the order of their first use. */
  readonly names: readonly string[];
  /** CEL's own answer; undefined where there is none (a division by zero of whole numbers). */
  evaluate(values: Readonly<Record<string, Value>>): boolean | undefined;
  /** The answer that CEL gives whatever the figures are within their bounds; undefined where it depends, or there is none. */
  decide(figures: Figures): boolean | undefined;
  /** What must be known more exactly for an answer; nothing where there is one, or where no better figure would help. */
  gaps(figures: Figures): readonly Gap[];
}

/**
 * Reads a CEL expression (https://cel.dev) that answers yes or no. @throws Error that says where (counted from 1) and what.
 */
export async function compileExpression(text: string, vocabulary: Vocabulary): Promise<Expression> {
  const { environment, part } = await celOf(vocabulary);
  try {
    const program = environment.parse(text);
    const { valid, type, error } = program.check();
    if (!valid) throw error;
    const tree = program.ast as Tree;
    const names = checkTree(tree, Object.keys(vocabulary.variables));
    if (type !== 'bool') throw new Error(`it gives ${type}, and must give true or false: compare it with something`);
    const evaluate = (values: Readonly<Record<string, Value>>): boolean => program(values) === true;
    evaluate(samples(vocabulary));
    const variables = names.map((name, index) => ({ name, index, type: vocabulary.variables[name] ?? 'dyn' }));
    const term = compileTerm(tree, {
      variables: new Map(variables.map((variable) => [variable.name, variable])),
      constants: vocabulary.constants,
      part,
    });
    return { names, ...judge(term, variables, quietly(evaluate)) };
  } catch (error) {
    throw new Error(faultIn(text, error, vocabulary), { cause: error });
  }
}

/** Bounds come first: they are quicker than CEL, and agree with it where all is exact. It has the last word, as on errors. */
function judge(
  term: Term,
  variables: readonly Variable[],
  evaluate: Expression['evaluate'],
): Omit<Expression, 'names'> {
  const numbers = numeric(variables);
  return {
    evaluate,
    decide(figures): boolean | undefined {
      const bounds = term.bounds(figures);
      if (isExact(bounds)) return bounds.low === 1;
      const values = valuesOf(variables, figures);
      return values && evaluate(values);
    },
    gaps(figures): readonly Gap[] {
      if (isExact(term.bounds(figures))) return [];
      const gaps = term.gaps(figures);
      // Where better bounds would not do, CEL must answer, and reckons with exact values only.
      return (gaps?.length === 0 ? gapsOfAll(numbers, figures) : gaps) ?? [];
    },
  };
}

/** Some values, to see once whether the expression works at all. */
function samples({ variables }: Vocabulary): Record<string, Value> {
  const of = { double: 1, string: 'a', bool: false } as const;
  return Object.fromEntries(Object.entries(variables).map(([name, type]) => [name, of[type]]));
}
