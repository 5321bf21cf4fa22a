import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob, isGlob } from '../../../src/core/glob.ts';
import { selectionOf, series } from '../../../src/export/prometheus/selection.ts';

/** Characters that mean something to a glob, to a regular expression, or to PromQL. */
const CHARACTERS = [
  '*',
  '?',
  '\\',
  'a',
  'b',
  '.',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '|',
  '^',
  '$',
  '+',
  '"',
  '\n',
  '-',
  ' ',
];
const text = fc.array(fc.constantFrom(...CHARACTERS), { minLength: 1, maxLength: 6 }).map((list) => list.join(''));

/** Reads a matcher as Prometheus does: a whole match of an anchored regular expression. An absent label is an empty text. */
function matches(matcher: string, value: string): boolean {
  const [, operator = '', quoted = '""'] = /^m\{name(=~|!=|=)(".*")\}$/s.exec(matcher) ?? [];
  const pattern = JSON.parse(quoted) as string;
  if (operator === '=') return value === pattern;
  if (operator === '!=') return value !== pattern;
  const dotAll = pattern.startsWith('(?s)');
  return new RegExp(`^(?:${pattern.replace(/^\(\?s\)/, '')})$`, dotAll ? 's' : '').test(value);
}

describe('a selection as matchers', () => {
  it('takes what the globs take, whatever is in them', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), text, (globs, value) => {
        const taken = globs.some((glob) => (isGlob(glob) ? compileGlob(glob)(value) : glob === value));
        expect(matches(series('m', selectionOf({ name: globs })), value)).toBe(taken);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes nothing without the label', () => {
    fc.assert(
      fc.property(text, (glob) => {
        expect(matches(series('m', selectionOf({ name: glob })), '')).toBe(false);
      }),
    );
  });

  it('is read as PromQL reads it', () => {
    expect(series('m', selectionOf({ name: 'a', unit: ['x*', 'y.z'] }))).toBe('m{name="a", unit=~"(?s)x.*|y\\\\.z"}');
    expect(series('m', selectionOf({ name: 'a', not: { unit: '*', not: { user: 'u' } } }))).toBe(
      'm{name="a"} unless (m{name="a", unit!=""} unless m{name="a", unit!="", user="u"})',
    );
    expect(series('m', selectionOf(undefined))).toBe('m');
  });

  it.each(['cmdline', 'parent', 'age'])('can not be told by %s', (key) => {
    expect(() => selectionOf({ name: 'a', [key]: 'x' })).toThrow(`select: ${key}: `);
    expect(() => selectionOf({ not: { [key]: 'x' } })).toThrow(`select: ${key}: `);
  });
});
