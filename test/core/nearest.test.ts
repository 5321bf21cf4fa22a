import { describe, expect, it } from 'vitest';
import { nearest, suggest } from '../../src/core/nearest.ts';

describe('the nearest word', () => {
  it.each([
    ['abvoe', ['above', 'below'], 'above'],
    ['term', ['TERM', 'KILL'], 'TERM'],
    ['SIGTERM', ['TERM', 'KILL'], 'TERM'],
    ['crit', ['info', 'warning', 'critical'], 'critical'],
    ['pre', ['present', 'previous'], undefined],
    ['in', ['info', 'warning'], undefined],
    ['cpu', ['pss', 'uss'], undefined],
  ])('for %s of %j is %s', (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });

  it('gives way to all there are where none is near', () => {
    expect(suggest('cpu', ['pss', 'uss'], 'measures')).toBe('the measures are pss, uss');
  });
});
