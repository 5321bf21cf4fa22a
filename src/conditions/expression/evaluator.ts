import type { Environment } from '@marcbachmann/cel-js';
import { checkTree, type Tree } from './tree.ts';

/** What a name may stand for. */
export type Value = number | string | boolean;

/** An expression that has been read and type-checked. */
export interface Expression {
  /** The names it uses, in the order of their first use. */
  readonly names: readonly string[];
  /** The answer; undefined where there is none (a division by zero of whole numbers). */
  evaluate(values: Readonly<Record<string, Value>>): boolean | undefined;
}

/** What may stand in an expression: names with the type of their values, and constants. */
export interface Vocabulary {
  readonly variables: Readonly<Record<string, 'number' | 'text' | 'truth'>>;
  readonly constants: Readonly<Record<string, number>>;
}

/** Bounds of an expression's size: far above what anybody writes by hand. */
const LIMITS = { maxAstNodes: 500, maxDepth: 32, maxListElements: 100, maxMapEntries: 1, maxCallArguments: 4 };

const TYPES = { number: 'double', text: 'string', truth: 'bool' } as const;

/**
 * Reads a CEL expression (https://cel.dev) that answers yes or no. Whole and other numbers may be mixed, unlike in plain
 * CEL. The only place that knows which library does the work. @throws Error that says where (counted from 1) and what.
 */
export async function compileExpression(text: string, vocabulary: Vocabulary): Promise<Expression> {
  const environment = await createEnvironment(vocabulary);
  try {
    const program = environment.parse(text);
    const { valid, type, error } = program.check();
    if (!valid) throw error;
    const names = checkTree(program.ast as Tree, Object.keys(vocabulary.variables));
    if (type !== 'bool') throw new Error(`it gives ${type}, and must give true or false: compare it with something`);
    const evaluate = (values: Readonly<Record<string, Value>>): boolean => program(values) === true;
    evaluate(samples(vocabulary));
    return { names, evaluate: quietly(evaluate) };
  } catch (error) {
    throw new Error(located(error, vocabulary), { cause: error });
  }
}

async function createEnvironment({ variables, constants }: Vocabulary): Promise<Environment> {
  const { Environment } = await import('@marcbachmann/cel-js');
  const environment = new Environment({ limits: LIMITS });
  for (const [name, type] of Object.entries(variables)) environment.registerVariable(name, TYPES[type]);
  for (const [name, value] of Object.entries(constants)) environment.registerConstant(name, 'double', value);
  for (const [sign, operate] of Object.entries(OPERATORS)) {
    environment.registerOperator(`int ${sign} double`, operate);
    environment.registerOperator(`double ${sign} int`, operate);
  }
  environment.registerOperator('int == double', (left: bigint, right: number) => Number(left) === right);
  return environment;
}

type Mixed = number | bigint;

const OPERATORS: Readonly<Record<string, (left: Mixed, right: Mixed) => number>> = {
  '+': (left, right) => Number(left) + Number(right),
  '-': (left, right) => Number(left) - Number(right),
  '*': (left, right) => Number(left) * Number(right),
  '/': (left, right) => Number(left) / Number(right),
};

/** Some values, to see once whether the expression works at all. */
function samples({ variables }: Vocabulary): Record<string, Value> {
  const of = { number: 1, text: 'a', truth: false } as const;
  return Object.fromEntries(Object.entries(variables).map(([name, type]) => [name, of[type]]));
}

function quietly<T, R>(evaluate: (values: T) => R): (values: T) => R | undefined {
  return (values) => {
    try {
      return evaluate(values);
    } catch {
      return undefined;
    }
  };
}

/** `at character 5: …`. The library's own messages draw the text with an arrow, over several lines. */
function located(error: unknown, vocabulary: Vocabulary): string {
  if (!(error instanceof Error)) return String(error);
  const { summary = error.message, range } = error as { summary?: string; range?: { start: number } };
  const names = [...Object.keys(vocabulary.variables), ...Object.keys(vocabulary.constants)].join(' ');
  const hint = summary.startsWith('Unknown variable') ? `; the names are ${names}` : '';
  return `${range === undefined ? '' : `at character ${range.start + 1}: `}${summary}${hint}`;
}
