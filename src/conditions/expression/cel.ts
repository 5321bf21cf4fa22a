import type { Environment } from '@marcbachmann/cel-js';
import type { Part } from './compile.ts';
import { refuseNonsense } from './nonsense.ts';
import type { Tree } from './tree.ts';

/** What may stand in an expression: names with the type of their values, as CEL calls it, and constants. */
export interface Vocabulary {
  readonly variables: Readonly<Record<string, 'double' | 'string' | 'bool'>>;
  readonly constants: Readonly<Record<string, number>>;
}

/** Bounds of an expression's size: far above what anybody writes by hand. */
const LIMITS = { maxAstNodes: 500, maxDepth: 32, maxListElements: 100, maxMapEntries: 1, maxCallArguments: 4 };

/** The library, ready for expressions of one vocabulary. */
export interface Cel {
  /** Reads the texts of users. */
  readonly environment: Environment;
  /** Makes a program of a part of a tree that was read, or of all of it: in it a division by zero, and what is no number, is an error. */
  part(node: Tree): Part;
}

/** What the library knows by heart takes 80 kB, for one expression or a hundred. */
const made = new WeakMap<Vocabulary, Promise<Cel>>();

/** The library with a vocabulary; made once for each. Only this file knows which library it is; its tree is described in tree.ts. */
export function celOf(vocabulary: Vocabulary): Promise<Cel> {
  const cel = made.get(vocabulary) ?? prepare(vocabulary);
  made.set(vocabulary, cel);
  return cel;
}

async function prepare(vocabulary: Vocabulary): Promise<Cel> {
  const environment = await createEnvironment(vocabulary);
  return { environment, part: partsOf(environment.clone()) };
}

/** Whole and other numbers may be mixed, unlike in plain CEL. */
async function createEnvironment({ variables, constants }: Vocabulary): Promise<Environment> {
  const { Environment } = await import('@marcbachmann/cel-js');
  const environment = new Environment({ limits: LIMITS });
  for (const [name, type] of Object.entries(variables)) environment.registerVariable(name, type);
  for (const [name, value] of Object.entries(constants)) environment.registerConstant(name, 'double', value);
  for (const [sign, operate] of Object.entries(OPERATORS)) {
    environment.registerOperator(`int ${sign} double: double`, operate);
    environment.registerOperator(`double ${sign} int: double`, operate);
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

/** Makes programs of parts of a tree: a macro puts them in the place of its call. No text of a user's is read here: it might call it. */
function partsOf(environment: Environment): (node: Tree) => Part {
  let callAst: Tree | undefined;
  environment.registerFunction('part(ast): dyn', () => ({ callAst }));
  return (node) => {
    callAst = node;
    const program = environment.parse('part(0)');
    const type = program.check().type ?? 'dyn';
    refuseNonsense(node);
    return { type, evaluate: quietly(program), fault: faultOf(program) };
  };
}

/** Takes an error for no answer. */
function quietly<T, R>(evaluate: (values: T) => R): (values: T) => R | undefined {
  return (values) => {
    try {
      return evaluate(values);
    } catch {
      return undefined;
    }
  };
}

function faultOf<T>(evaluate: (values: T) => unknown): (values: T) => unknown {
  return (values) => {
    try {
      evaluate(values);
      return undefined;
    } catch (error) {
      return error;
    }
  };
}
