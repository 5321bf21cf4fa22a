import fc from 'fast-check';
import type { Vocabulary } from '../../../src/conditions/expression/cel.ts';
import { compileExpression, type Expression } from '../../../src/conditions/expression/evaluator.ts';
import type { Figure, Value } from '../../../src/conditions/expression/figures.ts';

const VOCABULARY: Vocabulary = {
  variables: { x: 'double', y: 'double', z: 'double', t: 'string', f: 'bool' },
  constants: { two: 2 },
};

/** Figures that meet often, so that equality, division by zero, overflow and the limits of whole numbers come about. */
const NUMBERS = [-2, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 2 ** 53, 1e300] as const;
const CALCULATIONS = ['+', '-', '*', '/'] as const;
const COMPARISONS = ['<', '<=', '>', '>=', '==', '!='] as const;

const variable = fc.constantFrom('x', 'y', 'z');
const literal = fc
  .constantFrom(...NUMBERS)
  .map((value) => (Number.isInteger(value) && value < 1e300 ? `${value}.0` : `${value}`));
const whole = fc.constantFrom('1', '0', '2', '-3', '9007199254740993');

/** Texts of expressions: what is reckoned with bounds, and what is left to CEL. The first of each is the likeliest by far. */
const { truth } = fc.letrec<{ number: string; truth: string }>((tie) => {
  const [number, truth] = [tie('number'), tie('truth')];
  const joined = (left: fc.Arbitrary<string>, signs: readonly string[], right: fc.Arbitrary<string>) =>
    fc.tuple(left, fc.constantFrom(...signs), right).map((parts) => `(${parts.join(' ')})`);
  const chosen = (one: fc.Arbitrary<string>, other: fc.Arbitrary<string>) =>
    fc.tuple(truth, one, other).map(([condition, yes, no]) => `(${condition} ? ${yes} : ${no})`);
  const listed = fc.tuple(number, number).map((items) => `[${items.join(', ')}]`);
  return {
    number: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      { weight: 12, arbitrary: variable },
      { weight: 2, arbitrary: literal },
      { weight: 8, arbitrary: joined(number, CALCULATIONS, number) },
      { weight: 2, arbitrary: joined(number, CALCULATIONS, whole) },
      joined(chosen(whole, whole), CALCULATIONS, number),
      number.map((inner) => `-(${inner})`),
      chosen(number, number),
      listed.map((list) => `${list}[1]`),
      fc.constant('two'),
    ),
    truth: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      { weight: 10, arbitrary: joined(number, COMPARISONS, literal) },
      { weight: 4, arbitrary: joined(number, COMPARISONS, number) },
      { weight: 4, arbitrary: joined(truth, ['&&', '||'], truth) },
      joined(number, COMPARISONS, whole),
      joined(truth, ['==', '!='], truth),
      truth.map((inner) => `!(${inner})`),
      chosen(truth, truth),
      joined(number, ['in'], listed),
      joined(joined(chosen(whole, whole), CALCULATIONS, whole), COMPARISONS, fc.constantFrom('0', '1', '0.5')),
      fc.constantFrom('f', 't == "a"', 't.startsWith("a")', '(f ? t : "b") != "b"', 'true'),
      // With a text of one letter these are errors.
      fc.constantFrom('10 % (size(t) - 1) == 1', '10 / (size(t) - 1) > 4', '9223372036854775806 + size(t) > 1'),
    ),
  };
});

/** An expression with what is known of its figures, and possible values of them. */
export interface Case {
  readonly text: string;
  readonly expression: Expression;
  readonly figures: readonly Figure[];
  /** Each a value for every name, within its bounds. */
  readonly samples: readonly Readonly<Record<string, Value>>[];
}

/** A figure and values that it may stand for. */
interface Range {
  readonly figure: Figure;
  readonly values: readonly Value[];
}

const number: fc.Arbitrary<Range> = fc
  .tuple(fc.constantFrom(...NUMBERS), fc.constantFrom(...NUMBERS, Number.POSITIVE_INFINITY), fc.boolean())
  .map(([one, other, exact]) => {
    const [low, high] = exact ? [one, one] : [Math.min(one, other), Math.max(one, other)];
    const top = Math.min(high, Number.MAX_VALUE);
    const between = [low, top, low + (top - low) / 2, low + (top - low) / 64, ...NUMBERS];
    return { figure: { low, high }, values: between.filter((value) => low <= value && value <= top) };
  });
const RANGES: Readonly<Record<string, fc.Arbitrary<Range>>> = {
  x: number,
  y: number,
  z: number,
  t: fc.constantFrom('a', 'ab', 'b').map((text) => ({ figure: text, values: [text] })),
  f: fc.boolean().map((value) => ({ figure: { low: Number(value), high: Number(value) }, values: [value] })),
};

/** What a case is made of. */
interface Drawn {
  readonly text: string;
  readonly ranges: Readonly<Record<string, Range>>;
  readonly choices: readonly (readonly number[])[];
}

/** Every corner, for that is where extremes lie. */
const CORNERS = Array.from({ length: 8 }, (_, corner) => [corner & 1, (corner >> 1) & 1, corner >> 2]);

/** Random cases with so many samples beside those at the corners. */
export function cases(samples: number): fc.Arbitrary<Drawn> {
  const choice = fc.array(fc.nat(), { minLength: 5, maxLength: 5 });
  const choices = fc.array(choice, { minLength: samples, maxLength: samples });
  return fc.record({ text: truth, ranges: fc.record(RANGES), choices });
}

/** Compiles what was drawn; undefined where it is no valid expression: one that looks at nothing, or divides whole numbers. */
export async function build({ text, ranges, choices }: Drawn): Promise<Case | undefined> {
  const expression = await compileExpression(text, VOCABULARY).catch(() => undefined);
  if (expression === undefined) return undefined;
  const { names } = expression;
  const used = names.map((name) => ranges[name] as Range);
  const pick = (choice: readonly number[]): (readonly [string, Value])[] =>
    used.map(({ values }, index) => [names[index] ?? '', values[(choice[index] ?? 0) % values.length] ?? 0]);
  const samples = [...choices, ...CORNERS].map((choice) => Object.fromEntries(pick(choice)));
  return { text, expression, figures: used.map(({ figure }) => figure), samples };
}
