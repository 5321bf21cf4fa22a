import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Expression } from '../../../src/conditions/expression/evaluator.ts';
import type { Figure, Value } from '../../../src/conditions/expression/figures.ts';
import { build, type Case, cases } from './random.ts';

const RUNS = 3000;

/** Runs a check over random cases, and counts which of them say anything. */
async function overCases(samples: number, check: (one: Case) => boolean): Promise<number> {
  let telling = 0;
  const property = fc.asyncProperty(cases(samples), async (drawn) => {
    const one = await build(drawn);
    fc.pre(one !== undefined);
    if (check(one)) telling += 1;
  });
  await fc.assert(property, { numRuns: RUNS });
  return telling;
}

const exact = (value: Value): Figure =>
  typeof value === 'string' ? value : { low: Number(value), high: Number(value) };
const isExact = (figure: Figure): boolean => typeof figure !== 'object' || figure.low === figure.high;

describe('an expression over bounds', () => {
  it('gives only answers that CEL gives for every value within them', async () => {
    const decided = await overCases(24, ({ expression, figures, samples }) => {
      const answer = expression.decide(figures);
      if (answer === undefined) return false;
      for (const values of samples) expect(expression.evaluate(values)).toBe(answer);
      return !figures.every(isExact);
    });
    expect(decided).toBeGreaterThan(RUNS / 20);
  });

  it("gives CEL's own answer where everything is exact, errors included", async () => {
    const answered = await overCases(4, ({ expression, samples }) => {
      for (const values of samples) {
        const figures = expression.names.map((name) => exact(values[name] as Value));
        expect(expression.decide(figures)).toBe(expression.evaluate(values));
        expect(expression.gaps(figures)).toEqual([]);
      }
      return samples.some((values) => expression.evaluate(values) !== undefined);
    });
    expect(answered).toBeGreaterThan(RUNS / 2);
  });

  it('asks for nothing once decided, and for enough until then', async () => {
    const asked = await overCases(1, ({ expression, figures, samples: [truth = {}] }) => {
      const rounds = settle(expression, figures, truth);
      expect(rounds.length).toBeLessThan(100);
      for (const known of rounds) expect(expression.decide(known)).toBeUndefined();
      return rounds.length > 0;
    });
    expect(asked).toBeGreaterThan(RUNS / 10);
  });
});

/** Gives what is asked for, round by round, until nothing more is: then the answer is CEL's. @returns the figures that were not enough. */
function settle(
  expression: Expression,
  figures: readonly Figure[],
  truth: Readonly<Record<string, Value>>,
): readonly (readonly Figure[])[] {
  const rounds: (readonly Figure[])[] = [];
  let known = figures;
  while (rounds.length < 100 && expression.gaps(known).length > 0) {
    rounds.push(known);
    const next = [...known];
    for (const { name, level } of expression.gaps(known)) {
      const index = expression.names.indexOf(name);
      next[index] = closer(known[index], level, truth[name]);
    }
    known = next;
  }
  expect(expression.decide(known)).toBe(expression.evaluate(truth));
  return rounds;
}

/** Does what is asked for and no more: with a level, the bounds come to lie on one side of it. */
function closer(figure: Figure, level: number | undefined, value: Value | undefined): Figure {
  if (typeof figure !== 'object' || figure.low === figure.high || typeof value !== 'number')
    throw new Error('no doubt');
  if (level === undefined || level === value) return exact(value);
  const { low, high } = figure;
  expect(low <= level && level <= high).toBe(true);
  const between = level + (value - level) / 2;
  return value > level ? { low: between, high } : { low, high: between };
}
