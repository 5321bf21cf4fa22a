import { describe, expect, it } from 'vitest';
import {
  createDesign,
  type Design,
  errorOf,
  fitTogether,
  prepare,
} from '../../../../src/core/trend/leak/least-squares.ts';
import { noiseFrom } from '../noise.ts';

const ROWS = 40;

/** A line, a curve, twice the line, and what stands still. */
function designOf(value: (row: number) => number): Design {
  const design = createDesign(4, 64);
  design.rows = ROWS;
  for (let row = 0; row < ROWS; row += 1) {
    for (const [part, filled] of [row, Math.exp(-row / 5), 2 * row + 1, 7].entries()) {
      const column = design.columns[part];
      if (column) column[row] = filled;
    }
    design.values[row] = value(row);
  }
  prepare(design);
  return design;
}

describe('series fitted together', () => {
  it('give back what the values are made of', () => {
    const design = designOf((row) => 5 + 3 * row - 20 * Math.exp(-row / 5));
    const fit = fitTogether(design, [0, 1]);
    expect((fit?.weights[0] ?? 0) / (design.lengths[0] ?? 1)).toBeCloseTo(3, 6);
    expect((fit?.weights[1] ?? 0) / (design.lengths[1] ?? 1)).toBeCloseTo(-20, 6);
    expect((fit?.left ?? 1) / design.square).toBeLessThan(1e-9);
    expect((fitTogether(design, [0])?.left ?? 0) / design.square).toBeGreaterThan(1e-3);
  });

  it('are refused where one says nothing that the others do not', () => {
    const design = designOf((row) => row);
    expect(fitTogether(design, [0, 2])).toBeUndefined();
    expect(fitTogether(design, [3])).toBeUndefined();
  });

  it('tell how sure the first weight is: less so where the noise hangs together', () => {
    const alone = slopesUnder(0);
    const together = slopesUnder(0.8);
    expect(alone.filter(isWithin).length).toBeGreaterThan(290);
    expect(together.filter(isWithin).length).toBeGreaterThan(275);
    expect(meanError(together)).toBeGreaterThan(1.5 * meanError(alone));
  });
});

interface Found {
  readonly slope: number;
  readonly error: number;
}

/** What is found of a slope of 3 under noise of so great an autocorrelation, 300 times. */
function slopesUnder(correlation: number): Found[] {
  return Array.from({ length: 300 }, (_, seed) => {
    const noise = noiseFrom(seed, correlation);
    const design = designOf((row) => 3 * row + noise());
    const fit = fitTogether(design, [0]);
    const [length = 1] = design.lengths;
    if (fit === undefined) throw new Error('a line can always be fitted');
    return { slope: (fit.weights[0] ?? 0) / length, error: errorOf(design, fit) / length };
  });
}

const isWithin = ({ slope, error }: Found): boolean => Math.abs(slope - 3) <= 3 * error;
const meanError = (found: readonly Found[]): number => found.reduce((sum, { error }) => sum + error, 0) / found.length;
