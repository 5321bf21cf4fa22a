import { exactly } from '../../core/measure.ts';
import { isExact } from './bounds.ts';
import { celOf, type Vocabulary } from './cel.ts';
import { compileTerm, type Part } from './compile.ts';
import { faultIn } from './fault.ts';
import { type Figure, type Figures, type Value, type Variable, valuesOf } from './figures.ts';
import { type Gap, gapsOfAll, numeric, type Term } from './term.ts';
import { checkTree, type Tree } from './tree.ts';

/** An expression that has been read and type-checked. */
export interface Expression {
  /** The names it uses, in the order of their first use. */
  readonly names: readonly string[];
  /** CEL's own answer; undefined where there is none (a division by zero). */
  evaluate(values: Readonly<Record<string, Value>>): boolean | undefined;
  /** The answer that CEL gives whatever the figures are within their bounds; undefined where it depends, or there is none. */
  decide(figures: Figures): boolean | undefined;
  /** What must be known more exactly for an answer; nothing where there is one, or where no better figure would help. */
  gaps(figures: Figures): readonly Gap[];
  /** Why there is no answer, though all is known that matters: where it divides by zero, as a rule. Undefined where nothing is wrong. */
  fault(figures: Figures): string | undefined;
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
    program(samples(vocabulary));
    const variables = names.map((name, index) => ({ name, index, type: vocabulary.variables[name] ?? 'dyn' }));
    const term = compileTerm(tree, {
      variables: new Map(variables.map((variable) => [variable.name, variable])),
      constants: vocabulary.constants,
      part,
    });
    const whole = part(tree);
    const asText = (error: unknown): string => faultIn(text, error, vocabulary);
    return { names, ...judge({ term, variables, whole, asText }) };
  } catch (error) {
    throw new Error(faultIn(text, error, vocabulary), { cause: error });
  }
}

/** What is known of an expression once it is compiled. */
interface Compiled {
  readonly term: Term;
  readonly variables: readonly Variable[];
  /** CEL's program of it all. */
  readonly whole: Part;
  asText(error: unknown): string;
}

/** Bounds come first: they are quicker than CEL, and agree with it where all is exact. It has the last word, as on errors. */
function judge({ term, variables, whole, asText }: Compiled): Omit<Expression, 'names'> {
  const numbers = numeric(variables);
  const evaluate = (values: Readonly<Record<string, Value>>): boolean | undefined =>
    whole.evaluate(values) as boolean | undefined;
  const gaps = (figures: Figures): readonly Gap[] => {
    if (isExact(term.bounds(figures))) return [];
    const found = term.gaps(figures);
    // Where better bounds would not do, CEL must answer, and reckons with exact values only.
    return (found?.length === 0 ? gapsOfAll(numbers, figures) : found) ?? [];
  };
  return {
    evaluate,
    gaps,
    decide(figures): boolean | undefined {
      const bounds = term.bounds(figures);
      if (isExact(bounds)) return bounds.low === 1;
      const values = valuesOf(variables, figures);
      return values && evaluate(values);
    },
    fault(figures): string | undefined {
      if (isExact(term.bounds(figures)) || gaps(figures).length > 0) return undefined;
      // What is not exact does not matter: it may as well be at its lower bound.
      const values = valuesOf(variables, figures.map(lowest));
      const error = values && whole.fault(values);
      return error === undefined ? undefined : asText(error);
    },
  };
}

function lowest(figure: Figure): Figure {
  return typeof figure === 'object' ? exactly(figure.low) : figure;
}

/** Some values, to see once whether the expression works at all. */
function samples({ variables }: Vocabulary): Record<string, Value> {
  const of = { double: 1, string: 'a', bool: false } as const;
  return Object.fromEntries(Object.entries(variables).map(([name, type]) => [name, of[type]]));
}
